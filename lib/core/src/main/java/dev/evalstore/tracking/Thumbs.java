package dev.evalstore.tracking;

/** A judgement in one gesture. */
public enum Thumbs {
    UP,
    DOWN
}
