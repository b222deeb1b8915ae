//! Runs the released AWS Database Encryption SDK for DynamoDB for Rust on lines of JSON.
//!
//! One request a line on standard input, one answer a line on standard output, in the same order; the README beside this
//! project has the shape of both. This program only translates a configuration into the client's own objects and JSON into
//! AttributeValue; whatever an item becomes is the client's doing.

mod items;
mod keyrings;

use aws_db_esdk::item_encryptor::client::Client;
use aws_db_esdk::item_encryptor::types::dynamo_db_item_encryptor_config::DynamoDbItemEncryptorConfig;
use aws_db_esdk::material_providers::types::DbeAlgorithmSuiteId;
use aws_db_esdk::CryptoAction;
use items::Item;
use serde_json::{json, Value};
use std::collections::HashMap;
use std::fmt::Debug;
use std::io::{BufRead, Write};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::time::Instant;
use tokio::runtime::Runtime;

const INCLUDED: &str = "SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT";
const RESERVED: &str = "aws_dbe_";

/// What went wrong, as an answer has it: `class: message`, or `unsupported: ` and why.
type Failure = String;

fn main() {
    // the client recurses by the length of what it serialises; a main thread's stack is not enough for all that fits into an item
    let peer = std::thread::Builder::new().stack_size(1 << 30).spawn(answer_all).expect("a thread");
    peer.join().expect("requests that can be answered");
}

fn answer_all() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    std::panic::set_hook(Box::new(|_| {})); // a panic is an answer
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("lines of UTF-8");
        if line.trim().is_empty() {
            continue;
        }
        let request: Value = serde_json::from_str(&line).expect("a line of JSON");
        let answer = match catch_unwind(AssertUnwindSafe(|| run(&runtime, &request))) {
            Ok(Ok(Outcome::Item(item))) => json!({ "id": request["id"], "item": items::to_json(&item) }),
            Ok(Ok(Outcome::Nanoseconds(taken))) => json!({ "id": request["id"], "nanoseconds": taken, "runtime": "native code" }),
            Ok(Err(failure)) => json!({ "id": request["id"], "error": failure }),
            Err(panic) => json!({ "id": request["id"], "error": format!("panic: {}", panic_message(&*panic)) }),
        };
        // readers of lines differ on whether these two end one
        let text = answer.to_string().replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029");
        writeln!(out, "{text}").and_then(|()| out.flush()).expect("standard output");
    }
}

enum Outcome {
    Item(Item),
    Nanoseconds(u64),
}

fn run(runtime: &Runtime, request: &Value) -> Result<Outcome, Failure> {
    let item = items::from_json(&request["item"])?;
    let client = Client::from_conf(encryptor_config(runtime, &request["config"], &item)?).map_err(describe)?;
    match text(request, "op")? {
        "bench" => nanoseconds(runtime, &client, request, &item).map(Outcome::Nanoseconds),
        operation => operate(runtime, &client, operation, item).map(Outcome::Item),
    }
}

/// What so many runs took, one after the other, after some that do not count. The client takes items for its own: copies
/// are made beforehand.
fn nanoseconds(runtime: &Runtime, client: &Client, request: &Value, item: &Item) -> Result<u64, Failure> {
    let direction = text(request, "direction")?;
    let copies = |key: &str| vec![item.clone(); request[key].as_u64().unwrap_or(0) as usize];
    for item in copies("warmup") {
        operate(runtime, client, direction, item)?;
    }
    let timed = copies("iterations");
    let start = Instant::now();
    for item in timed {
        operate(runtime, client, direction, item)?;
    }
    Ok(start.elapsed().as_nanos() as u64)
}

fn operate(runtime: &Runtime, client: &Client, operation: &str, item: Item) -> Result<Item, Failure> {
    match operation {
        "encrypt" => {
            let output = runtime.block_on(client.encrypt_item().plaintext_item(item).send()).map_err(describe)?;
            output.encrypted_item.ok_or_else(|| "none: the client returned no item".into())
        }
        "decrypt" => {
            let output = runtime.block_on(client.decrypt_item().encrypted_item(item).send()).map_err(describe)?;
            output.plaintext_item.ok_or_else(|| "none: the client returned no item".into())
        }
        _ => Err("request: unknown operation".into()),
    }
}

fn encryptor_config(runtime: &Runtime, config: &Value, item: &Item) -> Result<DynamoDbItemEncryptorConfig, Failure> {
    let mut builder = DynamoDbItemEncryptorConfig::builder()
        .logical_table_name(text(config, "table")?)
        .partition_key_name(text(config, "partitionKey")?)
        .attribute_actions_on_encrypt(actions(config, item)?)
        .keyring(keyrings::from_config(runtime, &config["keys"])?);
    if let Some(name) = config["sortKey"].as_str() {
        builder = builder.sort_key_name(name);
    }
    if config["allowedUnsignedAttributes"].is_array() {
        builder = builder.allowed_unsigned_attributes(unsigned_names(config));
    }
    if let Some(prefix) = config["allowedUnsignedAttributePrefix"].as_str() {
        builder = builder.allowed_unsigned_attribute_prefix(prefix);
    }
    if let Some(suite) = config["algorithmSuite"].as_str() {
        builder = builder.algorithm_suite_id(match suite {
            "0x6700" => DbeAlgorithmSuiteId::AlgAes256GcmHkdfSha512CommitKeySymsigHmacSha384,
            "0x6701" => DbeAlgorithmSuiteId::AlgAes256GcmHkdfSha512CommitKeyEcdsaP384SymsigHmacSha384,
            _ => return Err("request: unknown algorithm suite".into()),
        });
    }
    builder.build().map_err(describe)
}

/// The client has no default action: it is spelt out for the item's attributes that nothing else decides.
fn actions(config: &Value, item: &Item) -> Result<HashMap<String, CryptoAction>, Failure> {
    let configured = &config["actions"];
    let listed = configured["attributes"].as_object();
    let mut actions = HashMap::new();
    for (name, action) in listed.into_iter().flatten() {
        actions.insert(name.clone(), crypto_action(action)?);
    }
    let keys: Vec<&str> = [&config["partitionKey"], &config["sortKey"]].into_iter().filter_map(Value::as_str).collect();
    if !configured["default"].is_null() {
        let otherwise = crypto_action(&configured["default"])?;
        for name in item.keys().filter(|name| !keys.contains(&name.as_str()) && !is_unsigned(config, name)) {
            actions.entry(name.clone()).or_insert_with(|| otherwise.clone());
        }
    }
    let mut all = listed.into_iter().flat_map(|listed| listed.values()).chain([&configured["default"]]);
    let key_action =
        if all.any(|action| action == INCLUDED) { CryptoAction::SignAndIncludeInEncryptionContext } else { CryptoAction::SignOnly };
    for name in keys {
        actions.entry(name.to_string()).or_insert_with(|| key_action.clone());
    }
    Ok(actions)
}

fn crypto_action(name: &Value) -> Result<CryptoAction, Failure> {
    match name.as_str() {
        Some("ENCRYPT_AND_SIGN") => Ok(CryptoAction::EncryptAndSign),
        Some(INCLUDED) => Ok(CryptoAction::SignAndIncludeInEncryptionContext),
        Some("SIGN_ONLY") => Ok(CryptoAction::SignOnly),
        Some("DO_NOTHING") => Ok(CryptoAction::DoNothing),
        _ => Err("request: unknown action".into()),
    }
}

fn is_unsigned(config: &Value, name: &str) -> bool {
    let prefix = config["allowedUnsignedAttributePrefix"].as_str();
    name.starts_with(RESERVED)
        || unsigned_names(config).iter().any(|listed| listed == name)
        || prefix.is_some_and(|prefix| name.starts_with(prefix))
}

fn unsigned_names(config: &Value) -> Vec<String> {
    let listed = config["allowedUnsignedAttributes"].as_array();
    listed.into_iter().flatten().filter_map(Value::as_str).map(String::from).collect()
}

fn text<'a>(object: &'a Value, key: &str) -> Result<&'a str, Failure> {
    object[key].as_str().ok_or_else(|| format!("request: {key} is missing"))
}

/// The client's errors have their class and message in the debug form only.
fn describe(error: impl Debug) -> Failure {
    let text = format!("{error:?}");
    match text.split_once(" { ") {
        Some((class, rest)) => format!("{class}: {}", rest.strip_suffix(" }").unwrap_or(rest)),
        None => text,
    }
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> &str {
    panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}
