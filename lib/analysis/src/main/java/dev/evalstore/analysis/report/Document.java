package dev.evalstore.analysis.report;

import dev.evalstore.analysis.internal.Inputs;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * What a report says, in the order in which it is read, without a word about its look. Immutable. Texts are plain: nothing in
 * them is markup. A line feed in a text begins a new line.
 *
 * @param title 1 to 300 characters
 * @param language of its texts, by BCP 47, such as {@code en}; readers of screens pronounce by it
 * @param parts at most 1,000
 */
public record Document(String title, String language, List<Part> parts) {
    /** The maximum of a paragraph, note or alternative text, in characters. */
    public static final int MAX_TEXT = 20_000;

    static final int MAX_PARTS = 1_000;
    static final int MAX_LINE = 300;

    /** How deep sections may be nested. */
    static final int MAX_DEPTH = 4;

    private static final Pattern LANGUAGE = Pattern.compile("[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}");

    /** @throws IllegalArgumentException if a component is out of its bounds, or sections are nested more than 4 deep */
    public Document {
        title = Inputs.text("title", title, MAX_LINE);
        if (!LANGUAGE.matcher(Objects.requireNonNull(language, "language")).matches()) {
            throw new IllegalArgumentException("language must be a tag of BCP 47, such as en or pt-BR");
        }
        parts = Inputs.list("parts", parts, 0, MAX_PARTS);
        checkDepth(parts, 0);
    }

    /** A document in English. */
    public static Document of(String title, List<? extends Part> parts) {
        return new Document(title, "en", List.copyOf(parts));
    }

    private static void checkDepth(List<Part> parts, int depth) {
        for (Part part : parts) {
            if (part instanceof Section section) {
                if (depth == MAX_DEPTH) {
                    throw new IllegalArgumentException("sections must be nested at most " + MAX_DEPTH + " deep");
                }
                checkDepth(section.parts(), depth + 1);
            }
        }
    }

    /** One thing after another. */
    public sealed interface Part permits Section, Paragraph, Note, DataTable, Figure {}

    /**
     * Parts under a heading. In a document, sections are nested at most 4 deep.
     *
     * @param heading 1 to 300 characters
     * @param parts at most 1,000
     */
    public record Section(String heading, List<Part> parts) implements Part {
        public Section {
            heading = Inputs.text("heading", heading, MAX_LINE);
            parts = Inputs.list("parts", parts, 0, MAX_PARTS);
        }

        public static Section of(String heading, Part... parts) {
            return new Section(heading, List.of(parts));
        }
    }

    /**
     * A text.
     *
     * @param text 1 to 20,000 characters
     */
    public record Paragraph(String text) implements Part {
        public Paragraph {
            text = Inputs.text("text", text, MAX_TEXT);
        }
    }

    /**
     * A text in smaller print: how something was computed, or what was left out. Behind a table or a picture it stands on the
     * same page of a PDF, with the last rows, unless it is longer than 8 lines: then its beginning does.
     *
     * @param text 1 to 20,000 characters
     */
    public record Note(String text) implements Part {
        public Note {
            text = Inputs.text("text", text, MAX_TEXT);
        }
    }
}
