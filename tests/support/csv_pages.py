"""Export and import of CSV files on the staff pages."""

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.support.bulk_pages import follow

MANY, IMPORT = 10_000, "/import"


def send(client, project, text, **more):
    data = text if isinstance(text, bytes) else text.encode()
    file = SimpleUploadedFile(more.pop("filename", "rooms.csv"), data, content_type="text/csv")
    sent = {"project": str(project.pk), "file": file, **more}
    return follow(client, client.post(IMPORT, sent))


def export(client, query=""):
    response = client.get(f"/export{query}")
    return b"".join(response.streaming_content).decode()
