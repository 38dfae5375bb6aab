from django.urls import path

from rooms import bulk_views, history_views, import_views, job_views, list_views, views

urlpatterns = [
    path("", list_views.home, name="home"),
    path("history", history_views.history, name="history"),
    path("history/<int:change_id>/revert", history_views.revert, name="revert-page"),
    path("rooms/<uuid:room_id>/history", history_views.room_history, name="room-page-history"),
    path("bulk", bulk_views.bulk_edit, name="bulk-edit"),
    path("bulk/<uuid:bulk_id>/undo", bulk_views.undo, name="bulk-undo"),
    path("import", import_views.import_rooms, name="import"),
    path("export", import_views.export, name="export"),
    path("jobs", job_views.job_list, name="job-list"),
    path("jobs/<uuid:job_id>", job_views.job_page, name="job"),
    path("jobs/<uuid:job_id>/progress", job_views.job_progress, name="job-progress"),
    path("jobs/<uuid:job_id>/notice", job_views.job_notice, name="job-notice"),
    path("jobs/<uuid:job_id>/apply", job_views.job_apply, name="job-apply"),
    path("jobs/<uuid:job_id>/stop", job_views.job_stop, name="job-stop"),
    path("jobs/<uuid:job_id>/again", job_views.job_again, name="job-again"),
    path("jobs/<uuid:job_id>/rooms.csv", job_views.job_rows, name="job-rows"),
    path("rooms/new", views.new_room, name="new-room"),
    path("rooms/new/preview", views.new_room_preview, name="new-room-preview"),
    path("rooms/<uuid:room_id>", views.room_page, name="room-page"),
    path("rooms/<uuid:room_id>/preview", views.room_preview, name="room-preview"),
    path("rooms/<uuid:room_id>/delete", views.delete_page, name="delete-room"),
    path("rooms/live", list_views.live_rows, name="live-rows"),
    path("views", list_views.save_view, name="save-view"),
    path("views/<int:view_id>/rename", list_views.rename_view, name="rename-view"),
    path("views/<int:view_id>/delete", list_views.delete_view, name="delete-view"),
]
