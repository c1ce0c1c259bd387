CREATE TABLE frame_indices (
    video INTEGER PRIMARY KEY REFERENCES videos(id) ON DELETE CASCADE,
    data BLOB NOT NULL);
INSERT INTO "frame_indices" VALUES(1,X'010001800800560100');
INSERT INTO "frame_indices" VALUES(2,X'010001800800AA020200F403');
INSERT INTO "frame_indices" VALUES(3,X'010001800800AA020200F403');
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
    stream_index INTEGER,
    reorder_delay INTEGER,
    frames INTEGER,
    counted_by TEXT,
    time_base_numerator INTEGER,
    time_base_denominator INTEGER,
    seekable INTEGER,
    vanished INTEGER NOT NULL DEFAULT 0,
    scanned_at TEXT NOT NULL);
INSERT INTO "videos" VALUES(1,'/data/videos/clip-1.mp4',213122,639313106905170395,NULL,NULL,'h264',456,256,0,0,2,88,'Packets',1,12800,1,0,'2026-11-26T17:30:18.5306998Z');
INSERT INTO "videos" VALUES(2,'/data/videos/clip-2.mp4',322555,639313106905215184,NULL,NULL,'h264',456,256,0,0,2,300,'Packets',1,15360,1,0,'2026-11-26T17:30:18.5320993Z');
INSERT INTO "videos" VALUES(3,'/data/videos/clip-3.mp4',151272,639313106905252766,NULL,NULL,'h264',256,468,0,0,2,300,'Packets',1,15360,1,0,'2026-11-26T17:30:18.5321558Z');
INSERT INTO "videos" VALUES(4,'/data/videos/text.mp4',11,0,'NotAVideo','It is not a video.',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,'2026-11-23T00:00:00.0000000Z');
CREATE INDEX usable_videos ON videos(path, frames, width, height) WHERE reason IS NULL AND vanished = 0;
PRAGMA application_id = 1128350540;
PRAGMA user_version = 1;
