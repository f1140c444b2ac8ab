package dev.evalstore;

/** The kind of actor. */
public enum ActorKind {
    /** A person, logged in. */
    USER,
    /** A program with a key of a user. */
    API_KEY,
    /** A part of the platform, or another service of the host. */
    SERVICE,
    /** The library or an operator by hand. */
    SYSTEM
}
