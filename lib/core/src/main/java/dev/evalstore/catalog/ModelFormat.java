package dev.evalstore.catalog;

/** The form in which a model version is delivered. */
public enum ModelFormat {
    /** A GGUF file. */
    GGUF,
    /** GPTQ tensors. */
    GPTQ,
    /** AWQ tensors. */
    AWQ,
    /** Safetensors files. */
    SAFETENSORS,
    /** An endpoint; no file. */
    API
}
