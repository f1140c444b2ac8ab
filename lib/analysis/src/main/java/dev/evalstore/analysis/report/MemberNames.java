package dev.evalstore.analysis.report;

import dev.evalstore.analysis.ComparedMember;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/** What the members of a comparison are called in a report: each so that it looks otherwise than all others. */
final class MemberNames {
    private static final int MAX_SHORT = 56;
    private static final int MAX_WHOLE = 2_000;

    /** Of an id's end: its beginning is the time, which members made together share. */
    private static final int ID_END = 8;

    private final Map<UUID, String> shorts = new HashMap<>();
    private final Map<UUID, String> wholes = new HashMap<>();

    MemberNames(List<ComparedMember> members) {
        if (!fill(members, 0) && !fill(members, ID_END)) {
            fill(members, Integer.MAX_VALUE);
        }
    }

    /** Whether all short names differ, with so much of the id's end where names alone do not. */
    private boolean fill(List<ComparedMember> members, int idEnd) {
        Map<String, Integer> counts = new HashMap<>();
        members.forEach(member -> counts.merge(ShortNames.look(shortened(member)), 1, Integer::sum));
        Set<String> used = new HashSet<>();
        for (ComparedMember member : members) {
            String name = shortened(member);
            String id = member.id().toString();
            boolean isAlone = Objects.requireNonNullElse(counts.get(ShortNames.look(name)), 0) == 1;
            String added = isAlone || idEnd == 0 ? "" : " (" + id.substring(Math.max(0, id.length() - idEnd)) + ")";
            shorts.put(member.id(), named(name, added));
            wholes.put(member.id(), named(Shown.line(member.label(), MAX_WHOLE), added));
            used.add(ShortNames.look(name + added));
        }
        return used.size() == members.size();
    }

    private static String named(String name, String added) {
        return added.isEmpty() ? name : Directions.isolated(name) + added;
    }

    /** For charts, texts, and tables of pairs: what is too long is left out of the middle. */
    String shortened(UUID id) {
        return Objects.requireNonNullElse(shorts.get(id), id.toString());
    }

    /** For the table of the members. */
    String whole(UUID id) {
        return Objects.requireNonNullElse(wholes.get(id), id.toString());
    }

    private static String shortened(ComparedMember member) {
        return Shown.shortened(Shown.line(member.label(), MAX_WHOLE), MAX_SHORT);
    }
}
