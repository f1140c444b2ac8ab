package dev.evalstore.catalog;

import org.jspecify.annotations.Nullable;

/** The number format of a model version's weights. */
public enum Quantization {
    /** 32-bit floats. */
    FP32(32),
    /** 16-bit floats. */
    FP16(16),
    /** 16-bit floats with the exponent of 32-bit ones. */
    BF16(16),
    /** 8-bit integers. */
    INT8(8),
    /** 4-bit integers. */
    INT4(4),
    /** 8-bit floats. */
    FP8(8),
    /** Activation-aware; 4 bits unless the version says otherwise. */
    AWQ(4),
    /** GPTQ; 4 bits unless the version says otherwise. */
    GPTQ(4),
    /** Not known, as behind an API. */
    NONE(null);

    private final @Nullable Integer bits;

    Quantization(@Nullable Integer bits) {
        this.bits = bits;
    }

    /** Bits of a weight unless the version says otherwise; null when not known. */
    public @Nullable Integer bits() {
        return bits;
    }
}
