//! The `keys` of a configuration as one of the client's keyrings.

use crate::{describe, text, Failure};
use aws_db_esdk::material_providers::client::Client;
use aws_db_esdk::material_providers::types::keyring::KeyringRef;
use aws_db_esdk::material_providers::types::material_providers_config::MaterialProvidersConfig;
use aws_db_esdk::material_providers::types::{
    AesWrappingAlg, EphemeralPrivateKeyToStaticPublicKeyInput, PaddingScheme, PublicKeyDiscoveryInput, RawEcdhStaticConfigurations,
    RawPrivateKeyToStaticPublicKeyInput,
};
use aws_sdk_dynamodb::primitives::Blob;
use base64::engine::general_purpose::STANDARD;
use base64::Engine;
use serde_json::Value;
use tokio::runtime::Runtime;

pub fn from_config(runtime: &Runtime, keys: &Value) -> Result<KeyringRef, Failure> {
    let providers = MaterialProvidersConfig::builder().build().map_err(describe)?;
    let client = Client::from_conf(providers).map_err(describe)?;
    keyring(runtime, &client, keys)
}

fn keyring(runtime: &Runtime, client: &Client, keys: &Value) -> Result<KeyringRef, Failure> {
    match text(keys, "keyring")? {
        "raw-aes" => raw_aes(runtime, client, keys),
        "raw-rsa" => raw_rsa(runtime, client, keys),
        "raw-ecdh" => raw_ecdh(runtime, client, keys),
        "multi" => multi(runtime, client, keys),
        other => Err(format!("unsupported: this peer has no keyring {other}")),
    }
}

fn raw_aes(runtime: &Runtime, client: &Client, keys: &Value) -> Result<KeyringRef, Failure> {
    let key = STANDARD.decode(text(keys, "wrappingKey")?).map_err(describe)?;
    let algorithm = match key.len() {
        16 => AesWrappingAlg::AlgAes128GcmIv12Tag16,
        24 => AesWrappingAlg::AlgAes192GcmIv12Tag16,
        _ => AesWrappingAlg::AlgAes256GcmIv12Tag16,
    };
    let request = client
        .create_raw_aes_keyring()
        .key_namespace(text(keys, "namespace")?)
        .key_name(text(keys, "name")?)
        .wrapping_key(Blob::new(key))
        .wrapping_alg(algorithm);
    runtime.block_on(request.send()).map_err(describe)
}

fn raw_rsa(runtime: &Runtime, client: &Client, keys: &Value) -> Result<KeyringRef, Failure> {
    let padding = match text(keys, "padding")? {
        "PKCS1" => PaddingScheme::Pkcs1,
        "OAEP_SHA1_MGF1" => PaddingScheme::OaepSha1Mgf1,
        "OAEP_SHA256_MGF1" => PaddingScheme::OaepSha256Mgf1,
        "OAEP_SHA384_MGF1" => PaddingScheme::OaepSha384Mgf1,
        "OAEP_SHA512_MGF1" => PaddingScheme::OaepSha512Mgf1,
        _ => return Err("request: unknown padding".into()),
    };
    let mut request = client
        .create_raw_rsa_keyring()
        .key_namespace(text(keys, "namespace")?)
        .key_name(text(keys, "name")?)
        .padding_scheme(padding);
    if !keys["publicKey"].is_null() {
        request = request.public_key(pem(keys, "publicKey")?);
    }
    if !keys["privateKey"].is_null() {
        request = request.private_key(pem(keys, "privateKey")?);
    }
    runtime.block_on(request.send()).map_err(describe)
}

fn raw_ecdh(runtime: &Runtime, client: &Client, keys: &Value) -> Result<KeyringRef, Failure> {
    let schema = match text(keys, "schema")? {
        "static" => RawEcdhStaticConfigurations::RawPrivateKeyToStaticPublicKey(
            RawPrivateKeyToStaticPublicKeyInput::builder()
                .sender_static_private_key(pem(keys, "privateKey")?)
                .recipient_public_key(der(keys, "publicKey")?)
                .build()
                .map_err(describe)?,
        ),
        "ephemeral" => RawEcdhStaticConfigurations::EphemeralPrivateKeyToStaticPublicKey(
            EphemeralPrivateKeyToStaticPublicKeyInput::builder()
                .recipient_public_key(der(keys, "publicKey")?)
                .build()
                .map_err(describe)?,
        ),
        "discovery" => RawEcdhStaticConfigurations::PublicKeyDiscovery(
            PublicKeyDiscoveryInput::builder().recipient_static_private_key(pem(keys, "privateKey")?).build().map_err(describe)?,
        ),
        _ => return Err("request: unknown key agreement schema".into()),
    };
    let (discriminant, name) = match text(keys, "curve")? {
        "P-256" => (0_u8, "ECC_NIST_P256"),
        "P-384" => (1, "ECC_NIST_P384"),
        "P-521" => (2, "ECC_NIST_P521"),
        _ => return Err("request: unknown curve".into()),
    };
    // SAFETY: an enum without fields and with four variants. Release 1.3.0 asks for this type and does not export it, so there
    // is no other way to have a value of it; that it is the right one is checked by the name it has for itself.
    let curve = Some(unsafe { std::mem::transmute::<u8, _>(discriminant) });
    let request = client.create_raw_ecdh_keyring().key_agreement_scheme(schema).set_curve_spec(curve);
    if request.get_curve_spec().as_ref().map(ToString::to_string).as_deref() != Some(name) {
        return Err(format!("unsupported: the release does not export the curve {name}"));
    }
    runtime.block_on(request.send()).map_err(describe)
}

fn multi(runtime: &Runtime, client: &Client, keys: &Value) -> Result<KeyringRef, Failure> {
    let children = keys["children"].as_array().into_iter().flatten();
    let children = children.map(|child| keyring(runtime, client, child)).collect::<Result<Vec<_>, _>>()?;
    let mut request = client.create_multi_keyring().set_child_keyrings(Some(children));
    if !keys["generator"].is_null() {
        request = request.generator(keyring(runtime, client, &keys["generator"])?);
    }
    runtime.block_on(request.send()).map_err(describe)
}

fn pem(keys: &Value, name: &str) -> Result<Blob, Failure> {
    Ok(Blob::new(text(keys, name)?))
}

/// The client takes private keys as PEM and public ECDH keys as DER.
fn der(keys: &Value, name: &str) -> Result<Blob, Failure> {
    let base64: String = text(keys, name)?.lines().filter(|line| !line.starts_with("-----")).collect();
    STANDARD.decode(base64).map(Blob::new).map_err(describe)
}
