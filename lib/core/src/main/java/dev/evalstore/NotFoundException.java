package dev.evalstore;

/** No row has the requested id. */
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

    /** The kind of row, such as {@code benchmark}. */
    public final String entity() {
        return entity;
    }

    /** The id that no row has. */
    public final String id() {
        return id;
    }
}
