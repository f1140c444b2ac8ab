package dev.evalstore.exchange;

/** For or against a community verification. */
public enum VoteDirection {
    UP,
    DOWN
}
