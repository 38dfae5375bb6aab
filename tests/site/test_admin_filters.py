"""Lists of Django's admin: only lookups of their filters, and no filter ends in a 500."""

from contextlib import suppress

import pytest
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.db import models
from django.http import QueryDict
from django.test import RequestFactory
from django.urls import reverse
from django.utils.http import urlencode

from access.admin.change_list import CheckedListAdmin, UnknownFilters
from access.models import WebhookDelivery
from tests.factories import RoomFactory, StaffFactory
from tests.support.page_catalogue import one_of_everything

pytestmark = pytest.mark.django_db
TIMES = [
    (model, field.name)
    for model in admin.site._registry
    for field in model._meta.concrete_fields
    if isinstance(field, models.DateField)
]
LOOKUPS = ("exact", "regex", "iregex", "contains", "icontains", "startswith", "gt", "in", "isnull")
VALUES = ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "99999999999", str(2**63)]
BACKTRACKING = "^(a|aa)+$"


@pytest.fixture
def staff(client):
    client.force_login(StaffFactory())
    return client


@pytest.fixture
def request_of_staff():
    request = RequestFactory().get("/")
    request.user = StaffFactory()
    return request


def list_url(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def paths(model):
    """Return the fields of a model, and those of its relations, as lookups."""
    fields = [field for field in model._meta.get_fields() if hasattr(field, "attname")]
    fields += model._meta.many_to_many
    yield from (field.name for field in fields)
    for field in fields:
        others = field.related_model._meta.concrete_fields if field.related_model else ()
        yield from (f"{field.name}__{other.name}" for other in others)


def lookups_of_filters(model):
    """Return the lookups that the filters of a list may have."""
    model_admin = admin.site.get_model_admin(model)
    filters = [one[0] if isinstance(one, tuple) else one for one in model_admin.list_filter]
    paths = [path for path in filters if isinstance(path, str)]
    forms = ("", "__exact", "__id__exact", "__isnull", "__isempty")
    return {f"{path}{form}" for path in paths for form in forms} | {*model_admin.linked_lookups}


@pytest.mark.parametrize("model", admin.site._registry)
def test_lookups_that_no_filter_of_a_list_has_are_refused(request_of_staff, model):
    allowed = lookups_of_filters(model)
    model_admin = admin.site.get_model_admin(model)
    lookups = {f"{path}__{lookup}" for path in paths(model) for lookup in LOOKUPS}
    lookups |= {*paths(model), "colour", "pk__regex", "id__year__gt", f"{next(paths(model))}__a__b"}
    for lookup in lookups - allowed:
        request_of_staff.GET = QueryDict(urlencode({lookup: BACKTRACKING}))
        with pytest.raises(UnknownFilters) as refusal:
            model_admin.get_changelist_instance(request_of_staff)
        assert refusal.value.names == [lookup]

    assert len(lookups - allowed) > 30


@pytest.mark.parametrize("model", admin.site._registry)
def test_refused_lookup_is_a_400_that_names_it(staff, model):
    name = f"{model._meta.pk.name}__regex"

    response = staff.get(list_url(model), {name: BACKTRACKING})

    assert response.status_code == 400
    assert f"<li>{name}</li>" in response.content.decode()
    assert f'href="{list_url(model)}"' in response.content.decode()


def test_refused_lookups_do_not_reach_the_rooms_of_an_action(staff):
    room = RoomFactory(display_name="a" * 37 + "!")
    query = urlencode({"display_name__regex": BACKTRACKING})
    form = {"action": "delete_selected", "_selected_action": room.pk, "select_across": "1"}

    assert staff.get(f"/admin/rooms/room/?{query}").status_code == 400
    assert staff.post(f"/admin/rooms/room/?{query}", form).status_code == 400


@pytest.mark.parametrize("model", admin.site._registry)
def test_filters_of_a_list_still_work(staff, model):
    """Follows each link of each filter; a value that the filter cannot read is removed."""
    one_of_everything("zebra")
    page = staff.get(list_url(model))
    shown = page.context["cl"]
    specs = shown.filter_specs
    links = {choice["query_string"] for spec in specs for choice in spec.choices(shown)}
    names = {name for spec in specs for name in spec.expected_parameters()}

    assert {staff.get(f"{list_url(model)}{link}").status_code for link in links} <= {200}
    for name in names:
        for value in (*VALUES, "x"):
            response = staff.get(list_url(model), {name: value})
            assert response.status_code in (200, 302), (name, value)
            assert response.headers.get("Location", "?e=1").endswith("?e=1")


def test_page_of_an_endpoint_links_to_its_deliveries(staff):
    one_of_everything("zebra")
    endpoint = WebhookDelivery.objects.first().endpoint
    url = f"{list_url(WebhookDelivery)}?endpoint__id__exact={endpoint.pk}"

    assert (
        url
        in staff.get(
            reverse("admin:access_webhookendpoint_change", args=[endpoint.pk])
        ).content.decode()
    )
    assert staff.get(url).context["cl"].result_count >= 1


@pytest.mark.parametrize(("model", "name"), TIMES)
def test_filter_by_any_time_finds_rows_or_is_removed(request_of_staff, model, name):
    one_of_everything("zebra")
    dated = type("Dated", (CheckedListAdmin,), {"list_filter": [name]})(model, admin.site)
    for lookup in ("gte", "lt"):
        for value in VALUES:
            request_of_staff.GET = QueryDict(urlencode({f"{name}__{lookup}": value}))
            with suppress(IncorrectLookupParameters):
                list(dated.get_changelist_instance(request_of_staff).result_list)
