package dev.evalstore.exchange;

/**
 * Whether the signature of a verification's result holds. What is signed is made again from the store, and the key is
 * judged by the time of signing that the signed text has.
 */
public enum AttestationCheck {
    /** The verifier signed exactly this, with a key that was valid then. */
    VALID,
    /** There is no signature. */
    NOT_SIGNED,
    /** It was signed by another algorithm than Ed25519. */
    UNSUPPORTED_ALGORITHM,
    /** No key has the key id. */
    UNKNOWN_KEY,
    /** The signature is none of this key for what is stored: one of them was changed. */
    INVALID,
    /** The signature holds, but the key is that of another verifier than the one who completed the verification. */
    OTHER_VERIFIERS_KEY,
    /** The signature holds, but its time is before the key was valid. */
    KEY_NOT_YET_VALID,
    /** The signature holds, but its time is not before the key was revoked. */
    REVOKED_KEY,
    /** The signature holds, but its time is not before the key's end. */
    EXPIRED_KEY
}
