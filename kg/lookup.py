"""Look up what a store relates to a node, in an order that does not change."""

import pyoxigraph as ox


def iris(store: ox.Store, subject: ox.NamedNode, predicate: ox.NamedNode) -> list[ox.NamedNode]:
    """Return the IRIs that *predicate* relates *subject* to."""
    quads = store.quads_for_pattern(subject, predicate, None)
    found = {quad.object for quad in quads}
    return sorted((term for term in found if isinstance(term, ox.NamedNode)), key=str)


def literals(store: ox.Store, subject: ox.NamedNode, predicate: ox.NamedNode) -> list[ox.Literal]:
    """Return the literals that *predicate* relates *subject* to, short ones first."""
    quads = store.quads_for_pattern(subject, predicate, None)
    found = {quad.object for quad in quads if isinstance(quad.object, ox.Literal)}
    return sorted(found, key=lambda literal: (len(literal.value), literal.value))


def subjects(store: ox.Store, predicate: ox.NamedNode, value: ox.NamedNode) -> list[ox.NamedNode]:
    """Return the IRIs that *predicate* relates to *value*."""
    quads = store.quads_for_pattern(None, predicate, value)
    found = {quad.subject for quad in quads}
    return sorted((term for term in found if isinstance(term, ox.NamedNode)), key=str)
