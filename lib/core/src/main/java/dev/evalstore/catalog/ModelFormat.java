package dev.evalstore.catalog;

/** How a version is delivered. */
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
