"""What is wrong with a configuration, in words that name the setting and quote no value."""

from collections.abc import Iterator, Mapping
from typing import Any

from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError as SchemaError
from pydantic import ValidationError

from source_ordergroove import errors
from source_ordergroove.pipeline.settings import Settings


def refusal(config: Mapping[str, Any], spec: Mapping[str, Any]) -> AirbyteTracedException | None:
    """Return why *config* cannot be used, None if it can.

    *spec* is the connection specification. The CDK checks a configuration against it too, but
    names no setting and quotes values, secrets among them.
    """
    for error in sorted(Draft7Validator(spec).iter_errors(config), key=lambda e: list(e.path)):
        return errors.wrong_setting(*_of_schema(error))
    try:
        Settings.of(config)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = ".".join(str(part) for part in first["loc"])
        return errors.wrong_setting(name, first["msg"].removeprefix("Value error, "))
    return None


def _of_schema(error: SchemaError) -> tuple[str, str]:
    path = [str(part) for part in error.path]
    # Any: the library's stubs say "or unset", which an error that was raised never is.
    found: Any = error
    rule, limit, schema, value = (
        found.validator,
        found.validator_value,
        found.schema,
        found.instance,
    )
    if rule == "required":
        missing = next(name for name in limit if name not in value)
        return ".".join([*path, missing]), "it is missing"
    if rule == "additionalProperties":
        unknown = min(set(value) - set(schema["properties"]))
        return ".".join([*path, unknown]), "there is no such setting"
    return ".".join(path), next(_sentences(str(rule), limit, schema))


def _sentences(rule: str, limit: Any, schema: Mapping[str, Any]) -> Iterator[str]:
    if rule == "enum":
        yield "it must be one of " + ", ".join(map(str, limit))
    if rule == "type":
        yield f"it must be of type {limit}"
    if rule in {"minimum", "maximum"}:
        yield f"it must be a number from {schema['minimum']} to {schema['maximum']}"
    if rule == "minLength":
        yield f"it must have at least {limit} characters" if limit > 1 else "it is empty"
    if rule == "pattern":
        yield f"it must look like {schema.get('pattern_descriptor', limit)}"
    yield f"it does not satisfy the rule {rule}"
