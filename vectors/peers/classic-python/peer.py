"""Runs the released DynamoDB Encryption Client for Python on lines of JSON.

One request a line on standard input, one answer a line on standard output, in the same order; ../README.md has the
shape of both. This program only translates a configuration into the client's own objects and JSON into DynamoDB
JSON; whatever an item becomes is the client's doing.
"""
import base64
import functools
import json
import logging
import platform
import sys
import time

import boto3
import botocore.session
from dynamodb_encryption_sdk.delegated_keys.jce import JceNameLocalDelegatedKey
from dynamodb_encryption_sdk.encrypted import CryptoConfig
from dynamodb_encryption_sdk.encrypted.item import decrypt_dynamodb_item, encrypt_dynamodb_item
from dynamodb_encryption_sdk.exceptions import JceTransformationError
from dynamodb_encryption_sdk.identifiers import CryptoAction, EncryptionKeyType, KeyEncodingType
from dynamodb_encryption_sdk.material_providers.aws_kms import AwsKmsCryptographicMaterialsProvider
from dynamodb_encryption_sdk.material_providers.most_recent import CachingMostRecentProvider
from dynamodb_encryption_sdk.material_providers.static import StaticCryptographicMaterialsProvider
from dynamodb_encryption_sdk.material_providers.store.meta import MetaStore
from dynamodb_encryption_sdk.material_providers.wrapped import WrappedCryptographicMaterialsProvider
from dynamodb_encryption_sdk.materials.raw import RawDecryptionMaterials, RawEncryptionMaterials
from dynamodb_encryption_sdk.structures import AttributeActions, EncryptionContext

WRAP_ALGORITHM = "amzn-ddb-wrap-alg"
ENVELOPE_ALGORITHM = "amzn-ddb-env-alg"
OPERATIONS = {"encrypt": encrypt_dynamodb_item, "decrypt": decrypt_dynamodb_item}


class Unsupported(Exception):
    """The released client has no way to do this."""


def answer(request):
    try:
        operation, config = request["op"], request["config"]
        if operation == "newVersion":
            meta_store(config["keys"]).new_provider(config["keys"]["materialName"])
            return {"id": request["id"], "item": {}}
        item = binary_from_base64(request["item"])
        if operation == "bench":
            runtime = "{} {}".format(platform.python_implementation(), platform.python_version())
            return {"id": request["id"], "nanoseconds": nanoseconds(request, item), "runtime": runtime}
        if operation not in OPERATIONS:
            raise ValueError("unknown operation")
        result = OPERATIONS[operation](item, crypto_config(operation, config, item))
        return {"id": request["id"], "item": base64_from_binary(result)}
    except (Unsupported, JceTransformationError) as error:
        return {"id": request["id"], "error": "unsupported: {}: {}".format(type(error).__name__, error)}
    except Exception as error:  # pylint: disable=broad-except
        return {"id": request.get("id"), "error": "{}: {}".format(type(error).__name__, error)}


def nanoseconds(request, item):
    """What so many runs took, one after the other, after some that do not count. Reading takes from the item: copies are made beforehand."""
    run, config = OPERATIONS[request["direction"]], crypto_config(request["direction"], request["config"], item)
    for copy in [item.copy() for _ in range(request["warmup"])]:
        run(copy, config)
    copies = [item.copy() for _ in range(request["iterations"])]
    start = time.perf_counter_ns()
    for copy in copies:
        run(copy, config)
    return time.perf_counter_ns() - start


def crypto_config(operation, config, item):
    key_names = [config[name] for name in ("partitionKey", "sortKey") if name in config]
    attributes = {name: CryptoAction[action] for name, action in config["actions"].get("attributes", {}).items()}
    for name in key_names:
        # by itself set_index_keys would leave the keys unsigned where the default is DO_NOTHING
        if attributes.setdefault(name, CryptoAction.SIGN_ONLY) is not CryptoAction.SIGN_ONLY:
            raise ValueError("a key attribute is signed and not encrypted")
    actions = AttributeActions(CryptoAction[config["actions"].get("default", "ENCRYPT_AND_SIGN")], attributes)
    actions.set_index_keys(*key_names)
    context = EncryptionContext(
        table_name=config["table"],
        partition_key_name=config["partitionKey"],
        sort_key_name=config.get("sortKey"),
        attributes=item,
    )
    return CryptoConfig(materials_provider(operation, config["keys"]), context, actions)


def materials_provider(operation, keys):
    provider = keys["provider"]
    if provider == "static":
        return static_provider(operation, keys)
    if provider == "wrapped":
        return wrapped_provider(operation, keys)
    if provider == "most-recent":
        return most_recent_provider(keys)
    if provider == "kms":
        return kms_provider(keys)
    raise Unsupported('this peer has no provider "{}"'.format(provider))


def static_provider(operation, keys):
    if operation == "encrypt":
        return StaticCryptographicMaterialsProvider(
            encryption_materials=RawEncryptionMaterials(
                signing_key=delegated_key(keys["signingKey"]),
                encryption_key=optional_key(keys.get("encryptionKey")),
                material_description=keys.get("description", {}),
            )
        )
    return StaticCryptographicMaterialsProvider(
        decryption_materials=RawDecryptionMaterials(
            verification_key=delegated_key(keys.get("verificationKey") or keys["signingKey"]),
            decryption_key=optional_key(keys.get("encryptionKey")),
            material_description=keys.get("description", {}),
        )
    )


def wrapped_provider(operation, keys):
    """The client knows one key for signing and verifying, so each operation gets its own provider."""
    description = dict(keys.get("description", {}))
    if operation == "encrypt":
        wrapping = keys["wrappingKey"]
        if transformation(wrapping):
            description.setdefault(WRAP_ALGORITHM, transformation(wrapping))
        # a bare "AES" reaches the key generator as a length of None and ends in a TypeError about arithmetic
        if "/" not in description.get(ENVELOPE_ALGORITHM, "AES/256"):
            raise Unsupported("content key algorithm without a length")
        return WrappedCryptographicMaterialsProvider(
            signing_key=delegated_key(keys["signingKey"]), wrapping_key=delegated_key(wrapping), material_description=description
        )
    return WrappedCryptographicMaterialsProvider(
        signing_key=delegated_key(keys.get("verificationKey") or keys["signingKey"]),
        unwrapping_key=delegated_key(keys.get("unwrappingKey") or keys["wrappingKey"]),
        material_description=description,
    )


def most_recent_provider(keys):
    return CachingMostRecentProvider(meta_store(keys), keys["materialName"], version_ttl=60.0)


def meta_store(keys):
    """The client's MetaStore: over a table behind an endpoint, or, to be read only, over a file of the store's items."""
    where = keys["store"]
    if "endpoint" in where:
        return MetaStore(dynamodb(endpoint_url=where["endpoint"]).Table(where["table"]), two_way_provider(keys["keys"]))
    with open(where["items"], encoding="utf-8") as lines:
        stored = [json.loads(line) for line in lines if line.strip()]
    # reading the store decrypts its items, whatever the operation on the item in hand
    return MetaStore(stand_in_table(where["table"], stored), materials_provider("decrypt", keys["keys"]))


def two_way_provider(keys):
    """A store's items are written and read by one provider; its keys are symmetric ones here."""
    if keys["provider"] == "wrapped":
        wrapping = delegated_key(keys["wrappingKey"])
        return WrappedCryptographicMaterialsProvider(
            signing_key=delegated_key(keys["signingKey"]), wrapping_key=wrapping, unwrapping_key=wrapping
        )
    both = dict(signing_key=delegated_key(keys["signingKey"]), encryption_key=delegated_key(keys["encryptionKey"]))
    return StaticCryptographicMaterialsProvider(
        encryption_materials=RawEncryptionMaterials(**both),
        decryption_materials=RawDecryptionMaterials(
            verification_key=both["signing_key"], decryption_key=both["encryption_key"]
        ),
    )


def dynamodb(**options):
    return boto3.resource(
        "dynamodb", region_name="us-east-1", aws_access_key_id="none", aws_secret_access_key="none", **options
    )


def kms_provider(keys):
    """Over AWS KMS, or what answers at the configured endpoint; credentials come from the environment."""
    arn = keys["keyId"].split(":")
    region = arn[3] if len(arn) == 6 else keys.get("region", "us-east-1")
    client = kms_client(region, keys["endpoint"])
    session = botocore.session.Session()
    session.set_config_variable("region", region)  # of a key that is not named by its ARN
    return AwsKmsCryptographicMaterialsProvider(
        key_id=keys["keyId"], botocore_session=session, regional_clients={region: client}
    )


@functools.lru_cache(maxsize=None)
def kms_client(region, endpoint):
    return boto3.client("kms", region_name=region, endpoint_url=endpoint)


def stand_in_table(name, stored):
    table = dynamodb().Table(name)

    def reply(model, params, **_):
        request = json.loads(params["body"])
        if model.name == "DescribeTable":
            key_schema = [{"AttributeName": "N", "KeyType": "HASH"}, {"AttributeName": "V", "KeyType": "RANGE"}]
            output = {"Table": {"TableName": name, "KeySchema": key_schema}}
        elif model.name == "GetItem":
            key = request["Key"]
            found = [item for item in stored if all(item[part] == key[part] for part in key)]
            output = {"Item": binary_from_base64(found[0])} if found else {}
        elif model.name == "Query":
            (wanted,) = request["ExpressionAttributeValues"].values()
            found = sorted((item for item in stored if item["N"] == wanted), key=lambda item: -int(item["V"]["N"]))
            output = {"Items": [binary_from_base64(item) for item in found[: request["Limit"]]]}
        else:
            raise Unsupported("the store is for reading only")
        return type("Response", (), {"status_code": 200}), output

    table.meta.client.meta.events.register("before-call.dynamodb", reply)
    return table


def delegated_key(key):
    return load_key(base_algorithm(key), key["encoding"], key["type"], key["material"])


def optional_key(key):
    return None if key is None else delegated_key(key)


@functools.lru_cache(maxsize=None)
def load_key(algorithm, encoding, key_type, material):
    return JceNameLocalDelegatedKey(
        key=material.encode("utf-8") if encoding == "PEM" else base64.b64decode(material),
        algorithm=algorithm,
        key_type=EncryptionKeyType[key_type.upper()],
        key_encoding=KeyEncodingType[encoding],
    )


def transformation(key):
    """A wrapping key may name its whole transformation; the client wants that in the description."""
    return key["algorithm"] if "/" in key["algorithm"] else None


def base_algorithm(key):
    return key["algorithm"].split("/", 1)[0] if key["algorithm"].startswith(("AES/", "RSA/")) else key["algorithm"]


def map_binary(convert, attribute):
    ((kind, value),) = attribute.items()
    if kind == "B":
        return {kind: convert(value)}
    if kind == "BS":
        return {kind: [convert(member) for member in value]}
    if kind == "L":
        return {kind: [map_binary(convert, member) for member in value]}
    if kind == "M":
        return {kind: {name: map_binary(convert, member) for name, member in value.items()}}
    if kind in ("SS", "NS"):
        return {kind: list(value)}
    return {kind: value}


def binary_from_base64(item):
    return {name: map_binary(base64.b64decode, value) for name, value in item.items()}


def base64_from_binary(item):
    return {name: map_binary(lambda value: base64.b64encode(bytes(value)).decode("ascii"), value) for name, value in item.items()}


def main():
    # the client logs every refusal with a stack trace; the answer line says it already
    logging.disable(logging.CRITICAL)
    for line in sys.stdin.buffer:
        if line.strip():
            sys.stdout.write(json.dumps(answer(json.loads(line.decode("utf-8"))), separators=(",", ":")) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
