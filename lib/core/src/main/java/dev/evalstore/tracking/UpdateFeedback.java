package dev.evalstore.tracking;

import dev.evalstore.Json;
import dev.evalstore.Patch;
import dev.evalstore.internal.jdbc.Assignments;
import dev.evalstore.internal.jdbc.Columns;

/** A change of feedback; {@link NewFeedback} describes the fields. Immutable. */
public final class UpdateFeedback extends Assignments<UpdateFeedback> {
    /** Changes nothing. */
    public static final UpdateFeedback NOTHING = new UpdateFeedback(new Columns());

    private UpdateFeedback(Columns columns) {
        super(columns, UpdateFeedback::new);
    }

    public UpdateFeedback rating(Patch<Integer> change) {
        FeedbackRules.rating(valueOf("rating", change));
        return with("rating", change);
    }

    public UpdateFeedback thumbs(Patch<Thumbs> change) {
        return with("thumbs", change);
    }

    public UpdateFeedback comment(Patch<String> change) {
        FeedbackRules.comment(valueOf("comment", change));
        return with("comment", change);
    }

    public UpdateFeedback criteria(Patch<Json> change) {
        FeedbackRules.criteria(valueOf("criteria", change));
        return with("criteria", change);
    }

    Columns changes() {
        return columns();
    }
}
