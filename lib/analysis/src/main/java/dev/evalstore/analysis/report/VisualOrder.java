package dev.evalstore.analysis.report;

import java.text.Bidi;
import java.util.ArrayList;
import java.util.List;

/** A line with words from right to left, in the order from left to right in which it is drawn. */
final class VisualOrder {
    private static final String OPENING = "()[]{}<>«»‹›≤≥";
    private static final String MIRRORED = ")(][}{><»«›‹≥≤";

    private VisualOrder() {}

    /** Directions are those of the whole paragraph, so that each of its lines is in its order. Marks stay behind their letters. */
    static String of(Bidi paragraph, String text, int start, int end) {
        Bidi bidi = paragraph.createLineBidi(start, end);
        List<String> clusters = new ArrayList<>();
        List<Integer> starts = new ArrayList<>();
        for (int i = start; i < end; ) {
            int next = i + Character.charCount(text.codePointAt(i));
            while (next < end && LineBreaks.isMark(text.codePointAt(next))) {
                next += Character.charCount(text.codePointAt(next));
            }
            boolean leftwards = (bidi.getLevelAt(i - start) & 1) == 1;
            clusters.add(leftwards ? mirrored(text.substring(i, next)) : text.substring(i, next));
            starts.add(i - start);
            i = next;
        }
        byte[] levels = new byte[clusters.size()];
        for (int i = 0; i < levels.length; i++) {
            levels[i] = (byte) bidi.getLevelAt(starts.get(i));
        }
        Object[] ordered = clusters.toArray();
        Bidi.reorderVisually(levels, 0, ordered, 0, ordered.length);
        StringBuilder visual = new StringBuilder();
        for (Object cluster : ordered) {
            visual.append(cluster);
        }
        return visual.toString();
    }

    private static String mirrored(String cluster) {
        int at = cluster.length() == 1 ? OPENING.indexOf(cluster) : -1;
        return at < 0 ? cluster : MIRRORED.substring(at, at + 1);
    }
}
