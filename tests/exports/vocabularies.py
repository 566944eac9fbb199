"""Make the tables that the tests of exports check against, from what npm publishes.

    npm pack hl7.fhir.r5.core@5.0.0 schema-dts@2.1.0      (then unpack each)
    python tests/exports/vocabularies.py hl7.fhir.r5.core/package schema-dts/package

The FHIR specification is dedicated to the public domain (CC0). Of schema.org only the names of
types and properties are kept. The tables are small parts: what our exports use.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).with_name("data")
RESOURCES: Final = (
    *("Bundle", "ClinicalUseDefinition", "Ingredient", "MedicinalProductDefinition"),
    *("StructureDefinition", "SubstanceDefinition"),
)
TYPES: Final = (
    *("Claim", "Comment", "CreativeWork", "Drug", "DrugClass", "MedicalContraindication"),
    *("MedicalEntity", "MedicalTherapy", "Organization", "Place", "PropertyValue", "Thing"),
)
_INTERFACE: Final = re.compile(
    r"interface (\w+)(?:Base|Leaf) extends ([^{]+) \{(.*?)\n\}", re.DOTALL
)


def fhir(package: Path) -> dict[str, Any]:
    """Return the types of the elements of RESOURCES and of what they hold, and required codes."""
    types: dict[str, list[str]] = {}
    required: dict[str, list[str] | None] = {}
    waiting, seen = list(RESOURCES), set(RESOURCES)
    while waiting:
        for element in _elements(package, waiting.pop()):
            path = element["path"].removesuffix("[x]")
            if "." not in path:
                continue
            codes = [each["code"].rpartition("/")[2] for each in element.get("type", [])]
            if reference := element.get("contentReference"):
                codes = [reference.rpartition("#")[2]]
            types[path] = codes
            fresh = {code for code in codes if code[0].isupper() and "." not in code} - seen
            fresh = {
                each for each in fresh if (package / f"StructureDefinition-{each}.json").exists()
            }
            waiting += fresh
            seen |= fresh
            binding = element.get("binding", {})
            if binding.get("strength") == "required":
                required[path] = _codes(package, binding["valueSet"])
    return {"types": types, "required": required}


def _elements(package: Path, name: str) -> list[dict[str, Any]]:
    file = package / f"StructureDefinition-{name}.json"
    found: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))["snapshot"][
        "element"
    ]
    return found


def _codes(package: Path, canonical: str) -> list[str] | None:
    """Return the codes of a value set; none if it is not a list, such as that of languages."""
    name = canonical.partition("|")[0].rpartition("/")[2]
    file = package / f"ValueSet-{name}.json"
    if not file.exists():
        return None
    found: list[str] = []
    for part in json.loads(file.read_text(encoding="utf-8"))["compose"]["include"]:
        if "concept" in part:
            found += [each["code"] for each in part["concept"]]
        elif "filter" in part or "valueSet" in part:
            return None
        else:
            system = package / f"CodeSystem-{part['system'].rpartition('/')[2]}.json"
            if not system.exists():
                return None
            found += _concepts(json.loads(system.read_text(encoding="utf-8")))
    return found


def _concepts(node: dict[str, Any]) -> list[str]:
    found = []
    for each in node.get("concept", []):
        found += [each["code"], *_concepts(each)]
    return found


def schema_org(package: Path) -> dict[str, Any]:
    """Return the types above each of TYPES, and the properties whose domain each type is."""
    text = (package / "dist" / "schema.d.ts").read_text(encoding="utf-8")
    above: dict[str, list[str]] = {}
    own: dict[str, list[str]] = {}
    for name, extended, body in _INTERFACE.findall(text):
        parents = [each for each in re.findall(r"(\w+)Base", extended) if each != name]
        above.setdefault(name, []).extend(parents)  # a leaf extends its own base, if it has one
        own.setdefault(name, []).extend(re.findall(r'^ {4}"(\w+)"\?:', body, re.MULTILINE))
    waiting, kept = list(TYPES), set[str]()
    while waiting:
        name = waiting.pop()
        kept.add(name)
        waiting += [each for each in above[name] if each not in kept]
    return {name: {"above": above[name], "properties": own[name]} for name in sorted(kept)}


def main(core: str, types: str) -> None:
    """Write both tables."""
    tables = {"fhir-r5.json": fhir(Path(core)), "schema-org.json": schema_org(Path(types))}
    for name, table in tables.items():
        text = json.dumps(table, sort_keys=True, separators=(",", ":"))
        (HERE / name).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
