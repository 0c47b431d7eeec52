from __future__ import annotations

from textwrap import dedent

from midlpy.codegen import idl


def lines(text: str) -> list[str]:
    return dedent(text).strip("\n").split("\n")


def test_members_stand_one_to_a_line() -> None:
    text = """typedef struct _ITEM { long  a;
            [size_is( a )]   char * b ;  } ITEM,
            *PITEM;"""
    assert idl.declaration(text, 60) == lines("""
        typedef struct _ITEM {
            long a;
            [size_is(a)] char * b;
        } ITEM, *PITEM;
        """)


def test_enumerators_stand_one_to_a_line_and_declarators_do_not() -> None:
    assert idl.declaration("typedef enum { A = 1, B, } E, F;", 60) == lines("""
        typedef enum {
            A = 1,
            B,
        } E, F;
        """)


def test_a_long_member_is_continued_further_in() -> None:
    text = "struct S { [size_is(a), length_is(b), unique] unsigned long *numbers; };"
    assert idl.declaration(text, 40) == lines("""
        struct S {
            [size_is(a), length_is(b), unique]
                unsigned long *numbers;
        };
        """)


def test_comments_keep_their_places() -> None:
    text = """struct S {
        long a; // the first
        /* the
           second */
        long b;
    };"""
    assert idl.declaration(text, 60) == lines("""
        struct S {
            long a; // the first
            /* the
             second */
            long b;
        };
        """)


def test_nested_declarations_stand_further_in() -> None:
    text = "union U switch (long t) u { case 1: struct { long a; } s; case 2: ; };"
    assert idl.declaration(text, 60) == lines("""
        union U switch (long t) u {
            case 1: struct {
                long a;
            } s;
            case 2:;
        };
        """)


def test_several_parameters_stand_one_to_a_line() -> None:
    text = "[idempotent] long F([in] long a, [out, size_is(a, )] long **b);"
    assert idl.operation(text, 60) == lines("""
        [idempotent] long F(
            [in] long a,
            [out, size_is(a,)] long **b);
        """)


def test_one_parameter_stays_where_it_is() -> None:
    assert idl.operation("void F( [in]  long a );", 60) == ["void F([in] long a);"]


def test_strings_and_directives_are_left_alone() -> None:
    text = '#define  X\n[endpoint("a  b")] long F(void);'
    assert idl.operation(text, 60) == ["#define  X", '[endpoint("a  b")] long F(void);']


def test_a_brief_declaration_leaves_out_enumerators() -> None:
    assert idl.brief("typedef enum { A,\n B } E;", 60) == "typedef enum { ... } E;"
    assert idl.brief("typedef pipe byte P;", 10) is None


def test_docstring_text_is_escaped() -> None:
    assert idl.escaped('a \\ """ b\x00 ') == 'a \\\\ \\"\\"\\" b'


def test_text_that_turns_or_hides_text_is_left_out() -> None:
    assert (
        idl.printable("a\u202eb\ufeffc\u2028d\x07e é \U0001f600")
        == "a b c d e é \U0001f600"
    )
