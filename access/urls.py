from django.urls import path

from access.pages.tokens import views as tokens
from access.pages.webhooks import actions, deliveries, endpoints

WEBHOOK = "webhooks/<uuid:endpoint_id>"
DELIVERY = f"{WEBHOOK}/deliveries/<int:delivery_id>"

urlpatterns = [
    path("tokens", tokens.token_list, name="token-list"),
    path("tokens/new", tokens.new_token, name="new-token"),
    path("tokens/<int:token_id>", tokens.token_page, name="token-page"),
    path("tokens/<int:token_id>/edit", tokens.edit_token, name="edit-token"),
    path("tokens/<int:token_id>/secret", tokens.token_secret, name="token-secret"),
    path("tokens/<int:token_id>/revoke", tokens.revoke_token, name="revoke-token"),
    path("webhooks", endpoints.endpoint_list, name="webhook-list"),
    path("webhooks/new", endpoints.new_endpoint, name="new-webhook"),
    path(WEBHOOK, endpoints.endpoint_page, name="webhook-page"),
    path(f"{WEBHOOK}/edit", endpoints.edit_endpoint, name="edit-webhook"),
    path(f"{WEBHOOK}/secret", endpoints.endpoint_secret, name="webhook-page-secret"),
    path(f"{WEBHOOK}/rotate", actions.rotate_secret, name="webhook-page-rotate"),
    path(f"{WEBHOOK}/disable", actions.disable_endpoint, name="webhook-page-disable"),
    path(f"{WEBHOOK}/enable", actions.enable_endpoint, name="webhook-page-enable"),
    path(f"{WEBHOOK}/delete", actions.delete_endpoint, name="webhook-page-delete"),
    path(f"{WEBHOOK}/test", actions.send_test_event, name="webhook-page-test"),
    path(f"{WEBHOOK}/deliveries", deliveries.delivery_list, name="webhook-page-deliveries"),
    path(DELIVERY, deliveries.delivery_page, name="delivery-page"),
    path(f"{DELIVERY}/resend", deliveries.resend_delivery, name="delivery-resend"),
    path(f"{DELIVERY}/give-up", deliveries.give_up_delivery, name="delivery-give-up"),
]
