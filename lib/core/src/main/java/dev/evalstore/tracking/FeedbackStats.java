package dev.evalstore.tracking;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Figures over feedback.
 *
 * @param count how much feedback there is
 * @param rated how much of it has a rating
 * @param mean the arithmetic mean of the ratings; null without any
 * @param stars how many ratings there are of 1, 2, 3, 4 and 5, in this order
 * @param thumbsUp how many thumbs are up
 * @param thumbsDown how many thumbs are down
 * @param comments how many comments there are
 * @param newest the 10 given last, newest first
 */
public record FeedbackStats(
        long count,
        long rated,
        @Nullable Double mean,
        List<Long> stars,
        long thumbsUp,
        long thumbsDown,
        long comments,
        List<Feedback> newest) {
    public FeedbackStats {
        stars = List.copyOf(stars);
        newest = List.copyOf(newest);
    }
}
