package dev.evalstore.analysis.report;

import dev.evalstore.analysis.internal.Inputs;
import java.util.Objects;

/**
 * A picture with what it shows in words.
 *
 * @param caption what the picture shows, 1 to 1,000 characters
 * @param alternative what a reader learns from the picture, for those who do not see it, 1 to 20,000 characters
 */
public record Figure(String caption, String alternative, Drawing drawing) implements Document.Part {
    public Figure {
        caption = Inputs.text("caption", caption, DataTable.MAX_CAPTION);
        alternative = Inputs.text("alternative", alternative, Document.MAX_TEXT);
        Objects.requireNonNull(drawing, "drawing");
    }
}
