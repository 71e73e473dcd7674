"""The tables, and what is read of them. Each entry of MIGRATIONS brings a database one version further."""

_FIRST = """
CREATE TABLE secrets (name TEXT PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE users (
    id TEXT PRIMARY KEY, email TEXT NOT NULL, full_name TEXT NOT NULL);
CREATE TABLE organizations (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, logo TEXT, created_at TEXT NOT NULL, updated_at TEXT);
CREATE TABLE bucket_secrets (
    id TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations ON DELETE CASCADE,
    built_in INTEGER NOT NULL DEFAULT 0,
    endpoint TEXT NOT NULL, bucket_name TEXT NOT NULL,
    secure INTEGER, region TEXT, cert_check INTEGER,
    created_at TEXT NOT NULL, updated_at TEXT,
    UNIQUE (organization_id, endpoint, bucket_name));
CREATE TABLE orbits (
    id TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations ON DELETE CASCADE,
    bucket_secret_id TEXT NOT NULL REFERENCES bucket_secrets,
    name TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT);
CREATE TABLE orbit_members (
    id TEXT PRIMARY KEY,
    orbit_id TEXT NOT NULL REFERENCES orbits ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users,
    role TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT);
CREATE TABLE collections (
    id TEXT PRIMARY KEY,
    orbit_id TEXT NOT NULL REFERENCES orbits ON DELETE CASCADE,
    name TEXT NOT NULL, description TEXT NOT NULL, type TEXT NOT NULL, tags TEXT,
    created_at TEXT NOT NULL, updated_at TEXT);
CREATE TABLE artifacts (
    id TEXT PRIMARY KEY,
    collection_id TEXT NOT NULL REFERENCES collections ON DELETE CASCADE,
    object_id TEXT NOT NULL UNIQUE,
    file_name TEXT NOT NULL, name TEXT NOT NULL, description TEXT, type TEXT,
    metrics TEXT NOT NULL, manifest TEXT NOT NULL, file_hash TEXT NOT NULL,
    file_index TEXT NOT NULL, size INTEGER NOT NULL, tags TEXT,
    bucket_location TEXT NOT NULL, unique_identifier TEXT NOT NULL,
    status TEXT NOT NULL, created_by_user TEXT,
    created_at TEXT NOT NULL, updated_at TEXT);
CREATE INDEX artifacts_by_collection ON artifacts (collection_id);
CREATE INDEX collections_by_orbit ON collections (orbit_id);
CREATE INDEX members_by_orbit ON orbit_members (orbit_id);

-- The object store. An object is one or more files in a row (one per part of its upload).
CREATE TABLE objects (
    id TEXT PRIMARY KEY, etag TEXT NOT NULL, size INTEGER NOT NULL, upload_id TEXT,
    created_at TEXT NOT NULL);
CREATE TABLE segments (
    object_id TEXT NOT NULL REFERENCES objects ON DELETE CASCADE,
    position INTEGER NOT NULL, blob TEXT NOT NULL, size INTEGER NOT NULL, sha256 TEXT NOT NULL,
    PRIMARY KEY (object_id, position));
CREATE TABLE uploads (
    id TEXT PRIMARY KEY, object_id TEXT NOT NULL, created_at TEXT NOT NULL);
CREATE TABLE parts (
    upload_id TEXT NOT NULL REFERENCES uploads ON DELETE CASCADE,
    number INTEGER NOT NULL, blob TEXT NOT NULL, size INTEGER NOT NULL, sha256 TEXT NOT NULL,
    PRIMARY KEY (upload_id, number));
"""

# What LUML servers know and those of 2025 did not: types of artifacts and of bucket secrets,
# and lists of a whole orbit that are sorted and read page by page.
_SECOND = """
UPDATE artifacts SET type = 'model';
UPDATE artifacts SET type = json_extract(manifest, '$.artifact_type')
    WHERE json_valid(manifest)  -- SQLite calls JSON invalid that is nested very deep
    AND json_extract(manifest, '$.artifact_type') IN ('experiment', 'dataset');
ALTER TABLE bucket_secrets ADD COLUMN type TEXT NOT NULL DEFAULT 's3';
CREATE INDEX artifacts_by_location ON artifacts (bucket_location);
DROP INDEX artifacts_by_collection;
-- With all columns that lists are sorted by: the rows themselves are long.
CREATE INDEX artifacts_by_creation
    ON artifacts (collection_id, created_at, id, size, type, status, name);
"""

# Tracks: lines of versions, in each of which a stage has one holder at most.
_THIRD = """
CREATE TABLE tracks (
    id TEXT PRIMARY KEY,
    orbit_id TEXT NOT NULL REFERENCES orbits ON DELETE CASCADE,
    name TEXT NOT NULL, artifact_type TEXT NOT NULL, description TEXT, tags TEXT,
    next_version INTEGER NOT NULL DEFAULT 1,
    created_at TEXT NOT NULL, updated_at TEXT);
CREATE TABLE track_stages (
    id TEXT PRIMARY KEY,
    track_id TEXT NOT NULL REFERENCES tracks ON DELETE CASCADE,
    name TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT,
    UNIQUE (track_id, name));
CREATE TABLE track_entries (
    id TEXT PRIMARY KEY,
    track_id TEXT NOT NULL REFERENCES tracks ON DELETE CASCADE,
    artifact_id TEXT NOT NULL REFERENCES artifacts ON DELETE CASCADE,
    version INTEGER NOT NULL,
    stage_id TEXT REFERENCES track_stages ON DELETE SET NULL,
    added_by TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT,
    UNIQUE (track_id, artifact_id), UNIQUE (track_id, stage_id));
CREATE INDEX tracks_by_orbit ON tracks (orbit_id);
CREATE INDEX entries_by_artifact ON track_entries (artifact_id);
"""

MIGRATIONS: list[str] = [_FIRST, _SECOND, _THIRD]

# What is read of a kind of records, beside or instead of what its table has.
READ = {
    "orbits": """
SELECT o.*, o.rowid AS place,
  (SELECT count(*) FROM orbit_members m WHERE m.orbit_id = o.id) AS total_members,
  (SELECT count(*) FROM collections c WHERE c.orbit_id = o.id) AS total_collections,
  (SELECT count(*) FROM artifacts a JOIN collections c ON c.id = a.collection_id
    WHERE c.orbit_id = o.id) AS total_artifacts
FROM orbits o""",
    "orbit_members": """
SELECT m.*, m.rowid AS place, u.email, u.full_name
FROM orbit_members m JOIN users u ON u.id = m.user_id""",
    "collections": """
SELECT c.*, c.rowid AS place,
  (SELECT count(*) FROM artifacts a WHERE a.collection_id = c.id) AS total_artifacts
FROM collections c""",
    "artifacts_of_orbits": """
SELECT a.*, c.orbit_id FROM artifacts a JOIN collections c ON c.id = a.collection_id""",
    "tracks": """
SELECT t.*, t.rowid AS place,
  (SELECT count(*) FROM track_entries e WHERE e.track_id = t.id) AS total_entries
FROM tracks t""",
    "track_stages": """
SELECT s.*, s.rowid AS place,
  EXISTS (SELECT 1 FROM track_entries e WHERE e.stage_id = s.id) AS is_used
FROM track_stages s""",
    "track_entries": """
SELECT e.*, a.name AS artifact_name, a.description AS artifact_description,
    a.description AS description, s.name AS stage_name, s.name AS stage
FROM track_entries e JOIN artifacts a ON a.id = e.artifact_id
LEFT JOIN track_stages s ON s.id = e.stage_id""",
}
