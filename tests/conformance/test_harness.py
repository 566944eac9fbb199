"""Can the harness fail? Each wrong answer here is one that it must not take for right."""

from pathlib import Path

import pytest

from tests.conformance import results
from tests.conformance.compare import Row, blank, by_value, equal, iri, literal
from tests.conformance.manifests import cases
from tests.conformance.results import Table
from tests.conformance.runner import check
from tests.conformance.server import Server

A, B = iri("http://e/a"), iri("http://e/b")
X, Y, Z = blank("x"), blank("y"), blank("z")
INTEGER = "http://www.w3.org/2001/XMLSchema#integer"
DECIMAL = "http://www.w3.org/2001/XMLSchema#decimal"


@pytest.mark.parametrize(
    ("found", "expected", "same"),
    [
        ([(A, B)], [(A, B)], True),
        ([(A, B), (B, A)], [(B, A), (A, B)], True),
        ([(A, B)], [(B, A)], False),
        ([(A,), (A,)], [(A,)], False),
        ([(A,), (A,), (B,)], [(A,), (B,), (B,)], False),
        ([(A, None)], [(A, A)], False),
        ([(X, Y)], [(Y, X)], True),
        ([(X, X)], [(X, Y)], False),
        ([(X, Y)], [(X, X)], False),
        ([(X, Y), (Y, X)], [(X, Y), (Y, Z)], False),
        ([(X, Y), (Y, Z), (Z, X)], [(Z, X), (X, Y), (Y, Z)], True),
        ([(X, A), (Y, B)], [(X, B), (Y, A)], True),
        ([(X, A), (X, B)], [(X, A), (Y, B)], False),
        ([(("triple", X, A, Y),)], [(("triple", Y, A, X),)], True),
        ([(("triple", X, A, X),)], [(("triple", Y, A, X),)], False),
        ([(literal("1", INTEGER),)], [(literal("1", DECIMAL),)], False),
        ([(literal("a", None, "en"),)], [(literal("a", None, "EN"),)], True),
        ([(literal("a", None, "en"),)], [(literal("a"),)], False),
        ([(literal("1"),)], [(literal("1", INTEGER),)], False),
        ([(iri("a"),)], [(literal("a"),)], False),
    ],
)
def test_rows_are_the_same_or_not(found: list[Row], expected: list[Row], *, same: bool) -> None:
    assert equal(found, expected) is same
    assert equal(by_value(found), by_value(expected)) is same
    assert equal(expected, found) is same


def test_order_counts_where_it_is_asked_for() -> None:
    assert equal([(A,), (B,)], [(B,), (A,)])
    assert not equal([(A,), (B,)], [(B,), (A,)], ordered=True)
    assert equal([(X, A), (Y, B)], [(Y, A), (X, B)], ordered=True)


def test_two_circles_of_three_are_not_one_of_six() -> None:
    def circles(*sizes: int) -> list[Row]:
        nodes = iter(range(100))
        found: list[Row] = []
        for size in sizes:
            circle = [blank(str(next(nodes))) for _ in range(size)]
            found += [
                (one, A, other) for one, other in zip(circle, circle[1:] + circle[:1], strict=True)
            ]
        return found

    assert not equal(circles(3, 3), circles(6))
    assert equal(circles(3, 3), list(reversed(circles(3, 3))))


def test_numbers_are_the_same_by_value() -> None:
    one, other = [(literal("0.50", DECIMAL),)], [(literal("0.5", DECIMAL),)]
    assert not equal(one, other)
    assert equal(by_value(one), by_value(other))
    assert by_value([(literal("0.5", DECIMAL),)]) != by_value([(literal("0.51", DECIMAL),)])
    assert by_value([(literal("x", DECIMAL),)]) == [(literal("x", DECIMAL),)]


def test_each_format_of_results_is_read_alike() -> None:
    expected = Table(
        ("s", "v"), [(iri("http://e/a"), literal("1", INTEGER)), (None, literal("x", None, "en"))]
    )
    json = b"""{"head": {"vars": ["v", "s"]}, "results": {"bindings": [
        {"s": {"type": "uri", "value": "http://e/a"},
         "v": {"type": "literal", "value": "1", "datatype": "%s"}},
        {"v": {"type": "literal", "value": "x", "xml:lang": "en"}}]}}""" % INTEGER.encode()
    xml = b"""<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="s"/>
        <variable name="v"/></head><results><result><binding name="s"><uri>http://e/a</uri></binding>
        <binding name="v"><literal datatype="%s">1</literal></binding></result><result>
        <binding name="v"><literal xml:lang="en">x</literal></binding></result></results></sparql>
        """ % INTEGER.encode()
    assert results.of_json(json) == results.xml(xml) == expected
    assert results.tsv(b'?s\t?v\n<http://e/a>\t1\n\t"x"@en\n') == expected
    assert results.csv_table(b"s,v\r\nhttp://e/a,1\r\n,x\r\n").rows[1][1] == ("text", "x")


MANIFEST = """
@prefix mf: <http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#> .
@prefix qt: <http://www.w3.org/2001/sw/DataAccess/tests/test-query#> .
@prefix ut: <http://www.w3.org/2009/sparql/tests/test-update#> .
<> a mf:Manifest ; mf:entries ( <#query> <#update> <#positive> <#negative> ) .
<#query> a mf:QueryEvaluationTest ; mf:name "q" ;
    mf:action [ qt:query <q.rq> ; qt:data <d.ttl> ] ; mf:result <r.srj> .
<#update> a mf:UpdateEvaluationTest ; mf:name "u" ;
    mf:action [ ut:request <u.ru> ; ut:data <d.ttl> ] ; mf:result [ ut:data <after.ttl> ] .
<#positive> a mf:PositiveSyntaxTest11 ; mf:name "p" ; mf:action <q.rq> .
<#negative> a mf:NegativeSyntaxTest11 ; mf:name "n" ; mf:action <bad.rq> .
"""
RIGHT = {
    "manifest.ttl": MANIFEST,
    "q.rq": "SELECT ?o { <http://e/a> ?p ?o } ORDER BY ?o",
    "d.ttl": "<http://e/a> <http://e/p> 1, 2 .",
    "r.srj": '{"head": {"vars": ["o"]}, "results": {"bindings": ['
    f'{{"o": {{"type": "literal", "value": "1", "datatype": "{INTEGER}"}}}},'
    f'{{"o": {{"type": "literal", "value": "2", "datatype": "{INTEGER}"}}}}]}}}}',
    "u.ru": "DELETE WHERE { ?s ?p 1 }",
    "after.ttl": "<http://e/a> <http://e/p> 2 .",
    "bad.rq": "SELECT WHERE",
}


def failures(folder: Path, server: Server, **changed: str) -> set[str]:
    for name, text in {**RIGHT, **changed}.items():
        (folder / name).write_text(text, encoding="utf-8")
    failed = set()
    for case in cases(folder / "manifest.ttl"):
        try:
            check(case, server)
        except AssertionError:
            failed.add(case.name)
    return failed


@pytest.mark.parametrize(
    ("file", "text", "fails"),
    [
        ("q.rq", RIGHT["q.rq"], set()),
        ("d.ttl", "<http://e/a> <http://e/p> 1, 3 .", {"q", "u"}),
        ("r.srj", RIGHT["r.srj"].replace('"1"', '"3"'), {"q"}),
        ("r.srj", RIGHT["r.srj"].replace('["o"]', '["o", "x"]'), {"q"}),
        ("q.rq", "SELECT ?o { <http://e/a> ?p ?o } ORDER BY DESC(?o)", {"q"}),
        ("q.rq", "ASK { ?s ?p ?o }", {"q"}),
        ("q.rq", "SELECT", {"q", "p"}),
        ("after.ttl", RIGHT["d.ttl"], {"u"}),
        ("after.ttl", "", {"u"}),
        ("u.ru", "DELETE", {"u"}),
        ("bad.rq", "SELECT * {}", {"n"}),
    ],
)
def test_wrong_answer_is_noticed(
    tmp_path: Path, server: Server, file: str, text: str, fails: set[str]
) -> None:
    assert failures(tmp_path, server, **{file: text}) == fails
