"""Admin actions, posted as the admin's lists do."""


def act(client, path, action, rows):
    return client.post(path, {"action": action, "_selected_action": [row.pk for row in rows]})
