/**
 * What is needed of KMS: plain objects with the API's own field names, bytes as `Uint8Array`. Keyrings name the slice that
 * they need, so that an object with one or two methods is a client. Clients check nothing of an answer: keyrings do.
 *
 * @module
 */

/** What KMS binds a ciphertext to. */
export type KmsContext = Readonly<Record<string, string>>

/** For one call. */
export interface KmsCallOptions {
  readonly signal?: AbortSignal | undefined
}

/** Names the key, by whatever form of identifier, and what entitles the caller beside its credentials. */
export interface KmsKeyed {
  readonly KeyId: string
  readonly GrantTokens?: readonly string[]
}

/** Of `Decrypt`. */
export interface KmsDecryptInput {
  /** Keyrings always name it; classic items do not. */
  readonly KeyId?: string
  readonly GrantTokens?: readonly string[]
  readonly CiphertextBlob: Uint8Array
  readonly EncryptionContext?: KmsContext
  readonly EncryptionAlgorithm?: 'RSAES_OAEP_SHA_1' | 'RSAES_OAEP_SHA_256'
}

/** Of `Encrypt`. */
export interface KmsEncryptInput extends KmsKeyed {
  readonly Plaintext: Uint8Array
  readonly EncryptionContext?: KmsContext
}

/** Of `GenerateDataKey`. */
export interface KmsGenerateInput extends KmsKeyed {
  readonly NumberOfBytes: number
  readonly EncryptionContext?: KmsContext
}

/** Of `ReEncrypt`. */
export interface KmsReEncryptInput {
  readonly CiphertextBlob: Uint8Array
  readonly SourceKeyId: string
  readonly SourceEncryptionContext?: KmsContext
  readonly DestinationKeyId: string
  readonly DestinationEncryptionContext?: KmsContext
  readonly GrantTokens?: readonly string[]
}

/** Of `DeriveSharedSecret`. */
export interface KmsSharedSecretInput extends KmsKeyed {
  readonly KeyAgreementAlgorithm: 'ECDH'
  /** SubjectPublicKeyInfo, DER. */
  readonly PublicKey: Uint8Array
}

/** An answer that names the key. As for all answers, what is missing is the keyring's to notice. */
export interface KmsKeyOutput {
  readonly KeyId?: string | undefined
}

/** An answer with a plaintext. */
export interface KmsPlaintextOutput extends KmsKeyOutput {
  readonly Plaintext?: Uint8Array | undefined
}

/** An answer with a ciphertext. */
export interface KmsCiphertextOutput extends KmsKeyOutput {
  readonly CiphertextBlob?: Uint8Array | undefined
}

/** What `ReEncrypt` answers. */
export interface KmsReEncryptOutput extends KmsCiphertextOutput {
  readonly SourceKeyId?: string | undefined
}

/** What `GetPublicKey` answers. */
export interface KmsPublicKeyOutput extends KmsKeyOutput {
  readonly KeyUsage?: string | undefined
  readonly PublicKey?: Uint8Array | undefined
}

/** What `DeriveSharedSecret` answers. */
export interface KmsSharedSecretOutput extends KmsKeyOutput {
  readonly KeyAgreementAlgorithm?: string | undefined
  readonly SharedSecret?: Uint8Array | undefined
}

/** Who can decrypt. */
export interface KmsDecrypt {
  decrypt(input: KmsDecryptInput, options?: KmsCallOptions): Promise<KmsPlaintextOutput>
}

/** Who can make data keys. */
export interface KmsGenerate {
  generateDataKey(input: KmsGenerateInput, options?: KmsCallOptions): Promise<KmsPlaintextOutput & KmsCiphertextOutput>
}

/** Only for algorithm suites that wrap data keys directly, which are none of items. */
export interface KmsEncrypt {
  encrypt(input: KmsEncryptInput, options?: KmsCallOptions): Promise<KmsCiphertextOutput>
}

/** For who makes branch keys and new versions of them. */
export interface KmsBranchKeyAdmin {
  generateDataKeyWithoutPlaintext(input: KmsGenerateInput, options?: KmsCallOptions): Promise<KmsCiphertextOutput>
  reEncrypt(input: KmsReEncryptInput, options?: KmsCallOptions): Promise<KmsReEncryptOutput>
}

/** Who can agree on a secret with another key. */
export interface KmsKeyAgreement {
  getPublicKey(input: KmsKeyed, options?: KmsCallOptions): Promise<KmsPublicKeyOutput>
  deriveSharedSecret(input: KmsSharedSecretInput, options?: KmsCallOptions): Promise<KmsSharedSecretOutput>
}

/** What most keyrings need. */
export type Kms = KmsDecrypt & KmsGenerate & Partial<KmsEncrypt>

/** All of it: what the clients of this package are. */
export type KmsClient = KmsDecrypt & KmsGenerate & KmsEncrypt & KmsBranchKeyAdmin & KmsKeyAgreement
