from django.urls import path

from rooms.pages.bulk import imports
from rooms.pages.bulk import views as bulk
from rooms.pages.history import views as history
from rooms.pages.history.export import export_history
from rooms.pages.history.restore import restore
from rooms.pages.jobs import views as jobs
from rooms.pages.room import action_views, answer_views, delete_views, new_views
from rooms.pages.room import views as room
from rooms.pages.room.next_week_views import copy_to_next_week
from rooms.pages.room.undo_views import undo_change
from rooms.pages.room_list import saved_views
from rooms.pages.room_list import views as room_list
from rooms.pages.room_list.row_edit import row_page

urlpatterns = [
    path("", room_list.home, name="home"),
    path("history", history.history, name="history"),
    path("history.csv", export_history, name="history-export"),
    path("history/<int:change_id>/revert", history.revert, name="revert-page"),
    path("history/<int:change_id>/restore", restore, name="restore-page"),
    path("rooms/<uuid:room_id>/history", history.room_history, name="room-page-history"),
    path("bulk", bulk.bulk_edit, name="bulk-edit"),
    path("bulk/<uuid:bulk_id>/undo", bulk.undo_page, name="bulk-undo"),
    path("import", imports.import_rooms, name="import"),
    path("export", imports.export, name="export"),
    path("rooms/<uuid:room_id>/undo", undo_change, name="room-undo"),
    path("jobs", jobs.job_list, name="job-list"),
    path("jobs/<uuid:job_id>", jobs.job_page, name="job"),
    path("jobs/<uuid:job_id>/progress", jobs.job_progress, name="job-progress"),
    path("jobs/<uuid:job_id>/notice", jobs.job_notice, name="job-notice"),
    path("jobs/<uuid:job_id>/apply", jobs.job_apply, name="job-apply"),
    path("jobs/<uuid:job_id>/stop", jobs.job_stop, name="job-stop"),
    path("jobs/<uuid:job_id>/again", jobs.job_again, name="job-again"),
    path("jobs/<uuid:job_id>/rooms.csv", jobs.job_rows, name="job-rows"),
    path("jobs/<uuid:job_id>/errors.csv", jobs.job_refused, name="job-refused"),
    path("rooms/new", new_views.new_room, name="new-room"),
    path("rooms/new/preview", new_views.new_room_preview, name="new-room-preview"),
    path("rooms/<uuid:room_id>", room.room_page, name="room-page"),
    path("rooms/<uuid:room_id>/preview", room.room_preview, name="room-preview"),
    path("rooms/<uuid:room_id>/answer", answer_views.room_answer, name="room-answer"),
    path("rooms/<uuid:room_id>/delete", delete_views.delete_page, name="delete-room"),
    path("rooms/<uuid:room_id>/actions", action_views.room_actions, name="room-actions"),
    path("rooms/<uuid:room_id>/next-week", copy_to_next_week, name="copy-to-next-week"),
    path("rooms/<uuid:room_id>/row", row_page, name="room-row"),
    path("rooms/live", room_list.live_rows, name="live-rows"),
    path("views", saved_views.save_view, name="save-view"),
    path("views/<int:view_id>/rename", saved_views.rename_view, name="rename-view"),
    path("views/<int:view_id>/delete", saved_views.delete_view, name="delete-view"),
]
