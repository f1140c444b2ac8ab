package dev.evalstore.internal.schema;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * What the migrations make up to a version, by the text of their scripts. A test compares it with the catalogue at each version.
 *
 * @param tables the columns of each table, generated ones included
 * @param sequences those that are no identity column's
 */
public record Made(Map<String, Set<String>> tables, Set<String> sequences, Set<String> functions, Set<String> views) {
    private static final String NAME = "\\$\\{schema}\\.([a-z0-9_]+)";
    private static final Pattern TABLE = Pattern.compile(
            "create (?:unlogged )?table (?:if not exists )?" + NAME + " \\((.*?)\\n\\)", Pattern.DOTALL);
    private static final Pattern SEQUENCE = Pattern.compile("create sequence (?:if not exists )?" + NAME);
    private static final Pattern FUNCTION = Pattern.compile("create (?:or replace )?function " + NAME);
    private static final Pattern VIEW = Pattern.compile("create (?:or replace )?view " + NAME);
    private static final Pattern ALTERED = Pattern.compile("alter table (?:only )?" + NAME + "([^;]*);");
    private static final Pattern ADDED = Pattern.compile("add column (?:if not exists )?([a-z0-9_]+)");

    /** A constraint begins so, too, and what goes on from the line before is further in. */
    private static final Pattern COLUMN = Pattern.compile("\\n {4}(?!constraint )([a-z0-9_]+) ");

    public static Made upTo(int version) {
        Map<String, Set<String>> tables = new TreeMap<>();
        Set<String> sequences = new TreeSet<>();
        Set<String> functions = new TreeSet<>();
        Set<String> views = new TreeSet<>();
        for (String script : Scripts.texts(version)) {
            TABLE.matcher(script).results().forEach(table -> add(tables, table, COLUMN));
            ALTERED.matcher(script).results().forEach(table -> add(tables, table, ADDED));
            addNames(sequences, SEQUENCE, script);
            addNames(functions, FUNCTION, script);
            addNames(views, VIEW, script);
        }
        return new Made(tables, sequences, functions, views);
    }

    private static void addNames(Set<String> names, Pattern made, String script) {
        made.matcher(script).results().forEach(one -> names.add(one.group(1)));
    }

    private static void add(Map<String, Set<String>> tables, MatchResult table, Pattern columns) {
        Set<String> names = tables.computeIfAbsent(table.group(1), name -> new HashSet<>());
        columns.matcher(table.group(2)).results().forEach(column -> names.add(column.group(1)));
    }
}
