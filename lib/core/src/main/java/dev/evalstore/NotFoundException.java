package dev.evalstore;

/** No row has the requested id, or the requested value of another field. */
public class NotFoundException extends DatabaseException {
    private static final long serialVersionUID = 1L;

    private final String entity;
    private final String id;

    /**
     * @param entity the kind of row, such as {@code benchmark}
     * @param id its id as text
     */
    public NotFoundException(String entity, Object id) {
        super("no " + entity + " has the id " + id, null, null);
        this.entity = entity;
        this.id = id.toString();
    }

    /**
     * For a row that is looked for by another field than its id.
     *
     * @param entity the kind of row, such as {@code benchmark definition}
     * @param field the field, such as {@code slug}
     * @param value what was looked for
     */
    public NotFoundException(String entity, String field, String value) {
        super("no " + entity + " has the " + field + " " + value, null, null);
        this.entity = entity;
        this.id = value;
    }

    /** The kind of row, such as {@code benchmark}. */
    public final String entity() {
        return entity;
    }

    /** The id that no row has, or the value of the field by which the row was looked for. */
    public final String id() {
        return id;
    }
}
