CREATE TABLE frame_indices (
    video INTEGER PRIMARY KEY REFERENCES videos(id) ON DELETE CASCADE,
    data BLOB NOT NULL);
INSERT INTO "frame_indices" VALUES(1,X'010001800800260A00080808080808080808');
INSERT INTO "frame_indices" VALUES(2,X'010001800800260A00080808080808080808');
INSERT INTO "frame_indices" VALUES(3,X'010001800800260A00080808080808080808');
CREATE TABLE preparations (
    video INTEGER PRIMARY KEY REFERENCES videos(id) ON DELETE CASCADE,
    path TEXT NOT NULL,
    size INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    source_size INTEGER NOT NULL,
    source_modified INTEGER NOT NULL,
    format TEXT NOT NULL,
    codec TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    stream_index INTEGER NOT NULL,
    reorder_delay INTEGER NOT NULL,
    frames INTEGER NOT NULL,
    counted_by TEXT NOT NULL,
    time_base_numerator INTEGER NOT NULL,
    time_base_denominator INTEGER NOT NULL,
    seekable INTEGER NOT NULL,
    data BLOB NOT NULL,
    prepared_at TEXT NOT NULL);
INSERT INTO "preparations" VALUES(1,'/data/prepared/clip-0001.mp4',85083,639314229148847813,99852,639314228114202980,'H.264, short side 256, GOP 8, CRF 20','h264',256,192,0,0,40,'Packets',1,12800,1,X'01000180080026050010101010','2026-11-28T00:35:16.2606303Z');
INSERT INTO "preparations" VALUES(2,'/data/prepared/clip-0000.mp4',157353,639314229149514756,159090,639314228117322980,'H.264, short side 256, GOP 8, CRF 20','h264',256,192,0,0,40,'Packets',1,12800,1,X'01000180080026050010101010','2026-11-28T00:35:16.2611582Z');
INSERT INTO "preparations" VALUES(3,'/data/prepared/clip-0002.mp4',284065,639314229165770484,265490,639314228130282980,'H.264, short side 256, GOP 8, CRF 20','h264',256,192,0,0,40,'Packets',1,12800,1,X'01000180080026050010101010','2026-11-28T00:35:16.7231129Z');
CREATE TABLE scans (folder TEXT PRIMARY KEY, finished_at TEXT NOT NULL);
INSERT INTO "scans" VALUES('/data/videos','2026-11-28T00:35:11.4748628Z');
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
INSERT INTO "videos" VALUES(1,'/data/videos/clip-0001.mp4',99852,639314228114202980,NULL,NULL,'h264',256,192,0,0,0,0,40,'Packets',1,12800,1,0,'2026-11-28T00:34:25.4165834Z',2);
INSERT INTO "videos" VALUES(2,'/data/videos/clip-0000.mp4',159090,639314228117322980,NULL,NULL,'h264',256,192,0,0,0,0,40,'Packets',1,12800,1,0,'2026-11-28T00:34:25.4207714Z',2);
INSERT INTO "videos" VALUES(3,'/data/videos/clip-0002.mp4',265490,639314228130282980,NULL,NULL,'h264',256,192,0,0,0,0,40,'Packets',1,12800,1,0,'2026-11-28T00:34:25.4208710Z',2);
CREATE INDEX usable_videos ON videos(path, frames, width, height) WHERE reason IS NULL AND vanished = 0;
CREATE INDEX unusable_videos ON videos(path, reason) WHERE reason IS NOT NULL;
CREATE INDEX vanished_videos ON videos(path, frames, width, height) WHERE reason IS NULL AND vanished <> 0;
CREATE INDEX outdated_videos_2_3 ON videos(path) WHERE vanished = 0 AND (reading_rules < 2 OR (reading_rules < 3 AND (substr(lower(path), -4) IN ('.jpg', '.png', '.bmp', '.tif') OR substr(lower(path), -5) IN ('.jpeg', '.webp', '.tiff'))));
PRAGMA application_id = 1128350540;
PRAGMA user_version = 2;
