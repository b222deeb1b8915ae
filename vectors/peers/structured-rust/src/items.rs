//! DynamoDB JSON, binary as base64, to and from the SDK's AttributeValue.

use crate::{describe, Failure};
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use base64::engine::general_purpose::STANDARD;
use base64::Engine;
use serde_json::{json, Map, Value};
use std::collections::HashMap;

pub type Item = HashMap<String, AttributeValue>;

pub fn from_json(item: &Value) -> Result<Item, Failure> {
    let attributes = item.as_object().ok_or("request: an item is an object")?;
    attributes.iter().map(|(name, value)| Ok((name.clone(), attribute(value)?))).collect()
}

pub fn to_json(item: &Item) -> Value {
    Value::Object(item.iter().map(|(name, value)| (name.clone(), json_of(value))).collect::<Map<_, _>>())
}

fn attribute(json: &Value) -> Result<AttributeValue, Failure> {
    let (kind, value) = match json.as_object().map(|object| (object.len(), object.iter().next())) {
        Some((1, Some(only))) => only,
        _ => return Err("request: an attribute value has exactly one type".into()),
    };
    Ok(match kind.as_str() {
        "B" => AttributeValue::B(binary(value)?),
        "BS" => AttributeValue::Bs(list(value, binary)?),
        "N" => AttributeValue::N(string(value)?),
        "NS" => AttributeValue::Ns(list(value, string)?),
        "S" => AttributeValue::S(string(value)?),
        "SS" => AttributeValue::Ss(list(value, string)?),
        "BOOL" => AttributeValue::Bool(boolean(value)?),
        "NULL" => AttributeValue::Null(boolean(value)?),
        "L" => AttributeValue::L(list(value, attribute)?),
        "M" => AttributeValue::M(from_json(value)?),
        _ => return Err("request: unknown attribute type".into()),
    })
}

fn json_of(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::B(bytes) => json!({ "B": base64(bytes) }),
        AttributeValue::Bs(members) => json!({ "BS": members.iter().map(base64).collect::<Vec<_>>() }),
        AttributeValue::N(number) => json!({ "N": number }),
        AttributeValue::Ns(members) => json!({ "NS": members }),
        AttributeValue::S(string) => json!({ "S": string }),
        AttributeValue::Ss(members) => json!({ "SS": members }),
        AttributeValue::Bool(boolean) => json!({ "BOOL": boolean }),
        AttributeValue::Null(boolean) => json!({ "NULL": boolean }),
        AttributeValue::L(members) => json!({ "L": members.iter().map(json_of).collect::<Vec<_>>() }),
        AttributeValue::M(members) => json!({ "M": to_json(members) }),
        _ => panic!("the client returned a value of no known type"),
    }
}

fn list<T>(json: &Value, convert: impl Fn(&Value) -> Result<T, Failure>) -> Result<Vec<T>, Failure> {
    json.as_array().ok_or("request: a set or list is an array")?.iter().map(convert).collect()
}

fn binary(json: &Value) -> Result<Blob, Failure> {
    STANDARD.decode(string(json)?).map(Blob::new).map_err(describe)
}

fn base64(bytes: &Blob) -> String {
    STANDARD.encode(bytes)
}

fn string(json: &Value) -> Result<String, Failure> {
    json.as_str().map(String::from).ok_or_else(|| "request: a text is expected".into())
}

fn boolean(json: &Value) -> Result<bool, Failure> {
    json.as_bool().ok_or_else(|| "request: true or false is expected".into())
}
