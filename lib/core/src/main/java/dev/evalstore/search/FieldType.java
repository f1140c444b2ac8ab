package dev.evalstore.search;

/** What a field holds, and so which literals it is compared with. */
public enum FieldType {
    /** Texts: {@link Literal.Text}. */
    TEXT,

    /** Numbers: {@link Literal.Number}. */
    NUMBER,

    /** Params: a {@link Literal.Text} is compared with the text as it was logged, a {@link Literal.Number} with its value. */
    PARAM,

    /** Ids: {@link Literal.Text}. One that is no id equals none. */
    ID,

    /** One of few words: {@link Literal.Text} of one of {@link Attribute#words}. */
    WORD,

    /** Times: {@link Literal.Time}, {@link Literal.Now} and {@link Literal.EpochMillis}. */
    TIME
}
