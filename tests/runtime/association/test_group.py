"""Association groups: ids, context handles, and what happens when all have left."""

from __future__ import annotations

from uuid import uuid4

import pytest

from midlpy.runtime.association.group import AssociationGroup, AssociationGroups
from midlpy.runtime.errors import ContextMismatchError, RpcError
from midlpy.runtime.limits import Limits

TCP = "ncacn_ip_tcp"


def joined(groups: AssociationGroups, group_id: int = 0) -> AssociationGroup:
    group = groups.join(group_id, TCP)
    assert group is not None
    return group


def test_id_zero_makes_a_group_with_another_id() -> None:
    groups = AssociationGroups()
    first, second = joined(groups), joined(groups)
    assert first is not second
    assert 0 < first.id < 2**32
    assert first.id != second.id
    assert len(groups) == 2


def test_group_is_joined_by_its_id() -> None:
    groups = AssociationGroups()
    group = joined(groups)
    assert joined(groups, group.id) is group
    assert group.connection_count == 2


def test_unknown_id_is_no_group() -> None:
    assert AssociationGroups().join(5, TCP) is None


def test_group_of_another_transport_is_not_joined() -> None:
    groups = AssociationGroups()
    assert groups.join(joined(groups).id, "ncacn_np") is None


def test_group_ends_with_its_last_connection() -> None:
    groups = AssociationGroups()
    group = joined(groups)
    joined(groups, group.id)
    groups.leave(group)
    assert joined(groups, group.id) is group
    groups.leave(group)
    groups.leave(group)
    assert len(groups) == 0
    assert groups.join(group.id, TCP) is None


def test_handle_stands_for_its_value() -> None:
    group = joined(AssociationGroups())
    uuid = group.new_context("value", kind="StoreHandle")
    assert group.context(uuid) == "value"
    assert group.context(uuid, "StoreHandle") == "value"
    group.replace_context(uuid, "other")
    assert group.close_context(uuid, "StoreHandle") == "other"
    assert group.context_count == 0


def test_handle_works_on_every_connection_of_its_group_only() -> None:
    groups = AssociationGroups()
    group = joined(groups)
    uuid = group.new_context("value")
    assert joined(groups, group.id).context(uuid) == "value"
    with pytest.raises(ContextMismatchError, match="is not open here") as caught:
        joined(groups).context(uuid)
    assert caught.value.status == 0x1C00001A


def test_unknown_closed_and_other_handles_are_a_mismatch() -> None:
    group = joined(AssociationGroups())
    uuid = group.new_context("value", kind="StoreHandle")
    with pytest.raises(ContextMismatchError, match="belongs to another"):
        group.context(uuid, "KeyHandle")
    with pytest.raises(ContextMismatchError, match="belongs to another"):
        group.close_context(uuid, "KeyHandle")
    group.close_context(uuid)
    for wrong in (uuid, uuid4()):
        with pytest.raises(ContextMismatchError, match="is not open here"):
            group.context(wrong)
        with pytest.raises(ContextMismatchError, match="is not open here"):
            group.close_context(wrong)


def test_handles_run_down_when_the_last_connection_has_left() -> None:
    groups = AssociationGroups()
    group = joined(groups)
    joined(groups, group.id)
    gone: list[object] = []
    group.new_context("first", on_rundown=gone.append)
    group.new_context("silent")
    group.close_context(group.new_context("closed", on_rundown=gone.append))
    group.new_context("second", on_rundown=gone.append)
    groups.leave(group)
    assert gone == []
    groups.leave(group)
    assert gone == ["first", "second"]
    assert group.context_count == 0


def test_run_down_may_be_left_to_somebody() -> None:
    later: list[tuple[object, object]] = []
    groups = AssociationGroups(run_down=lambda call, value: later.append((call, value)))
    group = joined(groups)
    group.new_context("value", on_rundown=print)
    groups.leave(group)
    assert later == [(print, "value")]


def test_handles_are_limited() -> None:
    group = joined(AssociationGroups(Limits(context_handles_per_group=2)))
    uuid = group.new_context(1)
    group.new_context(2)
    with pytest.raises(RpcError, match="2 context handles, the most") as caught:
        group.new_context(3)
    assert caught.value.status == 14
    group.close_context(uuid)
    group.new_context(3)


def test_connections_of_a_group_are_limited() -> None:
    groups = AssociationGroups(Limits(connections_per_group=2))
    group = joined(groups)
    joined(groups, group.id)
    with pytest.raises(RpcError, match="2 connections, the most"):
        groups.join(group.id, TCP)
    assert group.connection_count == 2


def test_groups_are_limited() -> None:
    groups = AssociationGroups(Limits(association_groups=1))
    group = joined(groups)
    with pytest.raises(RpcError, match="1 association groups, the most"):
        groups.join(0, TCP)
    assert joined(groups, group.id) is group
