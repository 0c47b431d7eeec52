"""What a user may choose about the meaning of a source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from msgspec import Struct, field

AsyncPipes: TypeAlias = Literal["require", "imply"]
Dialect: TypeAlias = Literal["midl", "samba", "auto"]


class Options(Struct, frozen=True):
    """Choices of one compilation.

    *strict*: MIDL's own reading where the default is lenient. *async_pipes*: whether an
    operation with pipes must be written ``[async]`` or is taken as such. *app_config*:
    attributes of an ACF may stand in the IDL. *osf*: what only Microsoft's mode knows is
    refused. *ms_union*: every union travels as one declared ``[ms_union]``.
    *is_acf_any_name*: a single interface of an ACF is that of the IDL, whatever its name.
    *converters* are classes by the IDL types they present.
    """

    strict: bool = False
    async_pipes: AsyncPipes = "require"
    dialect: Dialect = "auto"
    app_config: bool = False
    osf: bool = False
    ms_union: bool = False
    is_acf_any_name: bool = False
    converters: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def is_samba(self) -> bool:
        """Whether a file is read in Samba's dialect; ``auto`` is settled file by file."""
        return self.dialect == "samba"
