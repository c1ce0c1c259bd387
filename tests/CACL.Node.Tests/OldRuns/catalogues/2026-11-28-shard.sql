CREATE TABLE frame_indices (
    video INTEGER PRIMARY KEY REFERENCES videos(id) ON DELETE CASCADE,
    data BLOB NOT NULL);
INSERT INTO "frame_indices" VALUES(1,X'010001800800260A00080808080808080808');
INSERT INTO "frame_indices" VALUES(2,X'010001800800260A00080808080808080808');
INSERT INTO "frame_indices" VALUES(3,X'010001800800260A00080808080808080808');
CREATE TABLE shard (
    id INTEGER PRIMARY KEY CHECK (id = 1), rule INTEGER NOT NULL, number INTEGER NOT NULL, count INTEGER NOT NULL,
    files TEXT NOT NULL, finished_at TEXT);
INSERT INTO "shard" VALUES(1,1,1,1,'','2026-11-28T00:35:09.5015805Z');
CREATE TABLE shard_folders (position INTEGER PRIMARY KEY, folder TEXT NOT NULL);
INSERT INTO "shard_folders" VALUES(1,'/data/videos');
CREATE TABLE videos (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,
    size INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    reason TEXT,
    message TEXT,
    codec TEXT,
    width INTEGER,
    height INTEGER,
    rotation INTEGER,
    mirrored INTEGER,
    stream_index INTEGER,
    reorder_delay INTEGER,
    frames INTEGER,
    counted_by TEXT,
    time_base_numerator INTEGER,
    time_base_denominator INTEGER,
    seekable INTEGER,
    vanished INTEGER NOT NULL DEFAULT 0,
    scanned_at TEXT NOT NULL,
    reading_rules INTEGER NOT NULL DEFAULT 1);
INSERT INTO "videos" VALUES(1,'/data/videos/clip-0002.mp4',265490,639314228130282980,NULL,NULL,'h264',256,192,0,0,0,0,40,'Packets',1,12800,1,0,'2026-11-28T00:35:09.4398592Z',2);
INSERT INTO "videos" VALUES(2,'/data/videos/clip-0000.mp4',159090,639314228117322980,NULL,NULL,'h264',256,192,0,0,0,0,40,'Packets',1,12800,1,0,'2026-11-28T00:35:09.4658457Z',2);
INSERT INTO "videos" VALUES(3,'/data/videos/clip-0001.mp4',99852,639314228114202980,NULL,NULL,'h264',256,192,0,0,0,0,40,'Packets',1,12800,1,0,'2026-11-28T00:35:09.4659962Z',2);
CREATE INDEX usable_videos ON videos(path, frames, width, height) WHERE reason IS NULL AND vanished = 0;
CREATE INDEX unusable_videos ON videos(path, reason) WHERE reason IS NOT NULL;
CREATE INDEX vanished_videos ON videos(path, frames, width, height) WHERE reason IS NULL AND vanished <> 0;
CREATE INDEX outdated_videos_2_3 ON videos(path) WHERE vanished = 0 AND (reading_rules < 2 OR (reading_rules < 3 AND (substr(lower(path), -4) IN ('.jpg', '.png', '.bmp', '.tif') OR substr(lower(path), -5) IN ('.jpeg', '.webp', '.tiff'))));
PRAGMA application_id = 1128350540;
PRAGMA user_version = 2;
