"""The pages of a job show its progress and its results."""

import pytest
from django.utils import timezone

from rooms.bulk.engine import CHUNK
from rooms.jobs.run import steps, work
from rooms.models.job import LEASE, Job, JobState
from tests.support.html import markup_of
from tests.support.jobs import MANY, applying, now, previewed

pytestmark = pytest.mark.django_db


class TestPages:
    @pytest.fixture
    def mine(self, client, job):
        client.force_login(job.owner)
        return f"/jobs/{job.pk}"

    def test_page_shows_the_stored_progress(self, client, mine, job):
        next(steps(Job.claim()))

        text = markup_of(client.get(mine))

        assert f"{CHUNK} of {MANY}" in text
        assert f'<progress aria-label="Checking each room" value="{CHUNK}" max="{MANY}">' in text
        # The page reloads itself where scripts are off.
        assert '<noscript><meta http-equiv="refresh"' in text

    def test_unchanged_progress_is_answered_304(self, client, mine, job):
        going = steps(Job.claim())
        next(going)
        first = client.get(f"{mine}/progress")

        again = client.get(f"{mine}/progress", headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        next(going)
        later = client.get(f"{mine}/progress", headers={"If-None-Match": first.headers["ETag"]})

        assert later.status_code == 200
        assert f"{2 * CHUNK} of {MANY}" in later.content.decode()

    def test_page_is_reloaded_when_the_job_ends(self, client, mine, job):
        previewed(job)

        assert client.get(f"{mine}/progress").headers["HX-Refresh"] == "true"
        assert ">Apply to all 530 rooms<" in markup_of(client.get(mine))

    def test_missing_worker_is_reported(self, client, mine, job):
        Job.objects.update(heartbeat=timezone.now() - LEASE)

        assert "No worker has continued this" in client.get(mine).content.decode()

    def test_stop_and_restart_buttons_work(self, client, mine, job):
        assert client.post(f"{mine}/stop").status_code == 302
        assert now(job).stop_asked
        Job.objects.update(state=JobState.FAILED)
        client.post(f"{mine}/again")

        assert now(job).state == JobState.WAITING

    def test_other_pages_report_the_end_once(self, client, mine, job):
        session = client.session
        session["job"] = str(job.pk)
        session.save()
        notice = f"{mine}/notice"
        assert notice in client.get("/jobs").content.decode()
        assert f"0 of {MANY}" in client.get(notice).content.decode()

        work(applying(job, "valid"))
        told = client.get(notice)

        assert (told.status_code, f"Done: {MANY} changed" in told.content.decode()) == (286, True)
        assert notice not in client.get("/jobs").content.decode()

    def test_results_are_paginated(self, client, mine, job):
        previewed(job)

        first = client.get(mine).context["page"]
        (section,) = first.sections()
        assert (section.count, len(section.rows)) == (MANY, 50)
        (second,) = client.get(f"{mine}?after={section.after}").context["page"].sections()

        assert second.rows[0].name == "many-0050"

    @pytest.mark.parametrize("query", ["after=x", "after=-1", f"after={'9' * 50}", "only=x"])
    def test_invalid_query_shows_the_first_page(self, client, mine, job, query):
        previewed(job)

        (section,) = client.get(f"{mine}?{query}").context["page"].sections()

        assert section.rows[0].name == "many-0000"

    def test_result_can_be_downloaded_as_csv(self, client, mine, job):
        previewed(job)

        lines = b"".join(client.get(f"{mine}/rooms.csv").streaming_content).decode().splitlines()

        assert lines[0] == "\ufeffrow,id,name,outcome,field,before,after,why"
        assert len(lines) == MANY + 1
        assert lines[1].endswith(",many-0000,changed,max_members,20,9,")

    def test_list_shows_the_job(self, client, mine, job):
        assert f"Edit {MANY} rooms" in client.get("/jobs").content.decode()
