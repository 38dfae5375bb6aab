from django.urls import path

from access.pages.tokens import views as tokens

urlpatterns = [
    path("tokens", tokens.token_list, name="token-list"),
    path("tokens/new", tokens.new_token, name="new-token"),
    path("tokens/<int:token_id>", tokens.token_page, name="token-page"),
    path("tokens/<int:token_id>/secret", tokens.token_secret, name="token-secret"),
    path("tokens/<int:token_id>/revoke", tokens.revoke_token, name="revoke-token"),
]
