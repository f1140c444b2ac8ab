package dev.evalstore.state;

/** A piece of a statement, which the server would not take alone. */
record Fragment(String text) {
    @Override
    public String toString() {
        return text;
    }
}
