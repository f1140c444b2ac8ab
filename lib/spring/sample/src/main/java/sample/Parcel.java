package sample;

record Parcel(String item) {}
