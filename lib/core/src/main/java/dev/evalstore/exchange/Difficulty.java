package dev.evalstore.exchange;

/** How hard a test case is, in its author's judgement. */
public enum Difficulty {
    EASY,
    MEDIUM,
    HARD,
    EXPERT
}
