package dev.evalstore.search;

/** How a value is compared. */
public enum Operator {
    EQUAL("="),
    NOT_EQUAL("!="),
    LESS("<"),
    LESS_OR_EQUAL("<="),
    GREATER(">"),
    GREATER_OR_EQUAL(">=");

    private final String text;

    Operator(String text) {
        this.text = text;
    }

    /** Whether it asks for an order, which only numbers and times have. */
    boolean isOrder() {
        return this != EQUAL && this != NOT_EQUAL;
    }

    /** As it is written. */
    @Override
    public String toString() {
        return text;
    }
}
