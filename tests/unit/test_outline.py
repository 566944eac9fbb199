"""Is a plain query read as it stands, and no other one?"""

import pytest

from kg.outline import Pattern, outline

PREFIX = "PREFIX e: <http://e/> "


def patterns(group: str) -> list[Pattern]:
    found = outline(f"{PREFIX}SELECT ?s {{ {group} }}")
    assert found is not None, group
    return [pattern for run in found.group.runs for pattern in run.patterns]


def test_patterns_are_read_in_all_their_spellings() -> None:
    found = patterns("?s a e:c ; e:p 1 , 2.5 , \"x\"@en ; . $s e:q:r true . <http://e/s> ?p 'y'")
    kind = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
    xsd = "http://www.w3.org/2001/XMLSchema#"
    assert found == [
        ("?s", kind, "<http://e/c>"),
        ("?s", "<http://e/p>", f'"1"^^<{xsd}integer>'),
        ("?s", "<http://e/p>", f'"2.5"^^<{xsd}decimal>'),
        ("?s", "<http://e/p>", '"x"@en'),
        ("?s", "<http://e/q:r>", f'"true"^^<{xsd}boolean>'),
        ("<http://e/s>", "?p", '"y"'),
    ]


def test_filters_and_options_are_passed_over_and_end_a_run() -> None:
    text = f"""{PREFIX}SELECT DISTINCT ?s (COUNT(*) AS ?n) WHERE {{
        ?s e:p ?o FILTER(?o > 1 && (?o < 5)) ?s e:q ?x . # }} a comment
        OPTIONAL {{ ?s e:r ?y FILTER(?y = "}}") }} .
        FILTER NOT EXISTS {{ ?s e:z ?z }} FILTER regex(?x, "a")
    }} GROUP BY ?s ORDER BY ?n"""
    found = outline(text)
    assert found is not None
    assert [text[run.start : run.end] for run in found.group.runs] == ["?s e:p ?o", "?s e:q ?x ."]
    (negation,) = found.group.negations
    assert text[negation.start : negation.end] == "FILTER NOT EXISTS { ?s e:z ?z }"
    assert text[found.group.end] == "}"
    (option,) = found.group.options
    assert [run.patterns[0].predicate for run in option.runs] == ["<http://e/r>"]
    assert not found.group.is_read
    assert {"GROUP", "ORDER", "COUNT"} <= found.words


@pytest.mark.parametrize(
    "group",
    [
        "?s e:p/e:q ?o",
        "?s ^e:p ?o",
        "?s !e:p ?o",
        "?s e:p* ?o",
        "?s e:p []",
        "?s e:p _:b",
        "?s e:p (1 2)",
        "{ ?s e:p ?o }",
        "?s e:p ?o UNION { }",
        "?s e:p ?o BIND(1 AS ?x)",
        "VALUES ?s { UNDEF }",
        "?s e:p ?o FILTER(?o<e:q#>) ?s e:q ?x FILTER(\n1 > 0)",
        "VALUES (?s ?o) { (e:a e:b) }",
        "GRAPH ?g { ?s e:p ?o }",
        "?s e:p ?o MINUS { ?s e:q ?o }",
        "SERVICE <http://x/> {}",
        "?s unknown:p ?o",
        "?s <relative> ?o",
        "?s e:p 1e5",
        "?s e:p '''x'''",
        '?s e:p "a\\nb"',
        "?s e:p ?é",
        "?s e:p e:a\\,b",
        "?s e:p ?o {| e:q 1 |}",
        "<< ?s e:p ?o >> e:q 1",
        "SELECT ?s { ?s e:p ?o }",
        "?s e:p ?o } UNION { ?s e:q ?o",
    ],
)
def test_what_is_not_plain_is_left_alone(group: str) -> None:
    assert outline(f"{PREFIX}SELECT ?s {{ {group} }}") is None


@pytest.mark.parametrize(
    "text",
    [
        "ASK { ?s ?p ?o }",
        "CONSTRUCT WHERE { ?s ?p ?o }",
        "DESCRIBE ?s { ?s ?p ?o }",
        "BASE <http://e/> SELECT ?s { ?s ?p ?o }",
        "SELECT ?s FROM <http://e/> { ?s ?p ?o }",
        "SELECT (EXISTS { ?s ?p ?o } AS ?x) {}",
        "SELECT ?s { ?s ?p ?o } HAVING (EXISTS { ?s ?p ?o })",
        "SELECT ?s { ?s ?p ?o } VALUES ?s { <http://e/a> }",
        "SELECT ?s { ?s ?p ?o",
        "SELECT",
        "",
        "\x00",
    ],
)
def test_other_forms_of_query_are_left_alone(text: str) -> None:
    assert outline(text) is None
