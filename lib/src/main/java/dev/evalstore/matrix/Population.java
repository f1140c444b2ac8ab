package dev.evalstore.matrix;

import java.util.List;
import java.util.UUID;

/**
 * What became of a specification.
 *
 * @param inserted how many configurations were made, or would be
 * @param existing how many were there already, and were left alone
 * @param tooSmall the machines that were left out, since the model version needs more VRAM
 */
public record Population(long inserted, long existing, List<UUID> tooSmall) {
    public Population {
        tooSmall = List.copyOf(tooSmall);
    }
}
