package dev.evalstore.matrix;

import java.util.List;
import java.util.UUID;

/**
 * The outcome of populating the matrix from a specification.
 *
 * @param inserted how many configs were made, or would be
 * @param existing how many existed already, and were left alone
 * @param tooSmall the machines that were left out, since the model version needs more VRAM
 */
public record PopulateResult(long inserted, long existing, List<UUID> tooSmall) {
    public PopulateResult {
        tooSmall = List.copyOf(tooSmall);
    }
}
