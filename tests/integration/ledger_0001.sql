-- A ledger of schema 0001 as labelqa 0.1.0 wrote it: the tests bring it up to the schema in force.
BEGIN TRANSACTION;
CREATE TABLE accounts (
	server VARCHAR(128) NOT NULL, 
	account VARCHAR(512) NOT NULL, 
	person VARCHAR(32) NOT NULL, 
	CONSTRAINT pk_accounts PRIMARY KEY (server, account)
);
INSERT INTO "accounts" VALUES('file','ann.lee@example.com','p-4c78d4b8f8');
INSERT INTO "accounts" VALUES('file','bob.wu@example.com','p-c757798b15');
INSERT INTO "accounts" VALUES('file','cai.yun@example.com','p-908ac27e75');
INSERT INTO "accounts" VALUES('file','rex.one@example.com','p-27e98cc744');
INSERT INTO "accounts" VALUES('file','rex.two@example.com','p-b37449736b');
INSERT INTO "accounts" VALUES('file','rex.three@example.com','p-a41c5c7906');
INSERT INTO "accounts" VALUES('file','art.biter@example.com','p-99b69b8d28');
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE fact_subjects (
	seq INTEGER NOT NULL, 
	subject VARCHAR(512) NOT NULL, 
	CONSTRAINT pk_fact_subjects PRIMARY KEY (seq, subject)
);
INSERT INTO "fact_subjects" VALUES(1,'workspace');
INSERT INTO "fact_subjects" VALUES(2,'person:p-4c78d4b8f8');
INSERT INTO "fact_subjects" VALUES(3,'person:p-c757798b15');
INSERT INTO "fact_subjects" VALUES(4,'person:p-908ac27e75');
INSERT INTO "fact_subjects" VALUES(5,'person:p-27e98cc744');
INSERT INTO "fact_subjects" VALUES(6,'person:p-b37449736b');
INSERT INTO "fact_subjects" VALUES(7,'person:p-a41c5c7906');
INSERT INTO "fact_subjects" VALUES(8,'person:p-99b69b8d28');
INSERT INTO "fact_subjects" VALUES(9,'person:p-4c78d4b8f8');
INSERT INTO "fact_subjects" VALUES(9,'release:genai-sft@1.0.0');
INSERT INTO "fact_subjects" VALUES(9,'rulebook:genai-sft');
INSERT INTO "fact_subjects" VALUES(10,'person:p-c757798b15');
INSERT INTO "fact_subjects" VALUES(10,'release:genai-sft@1.0.0');
INSERT INTO "fact_subjects" VALUES(10,'rulebook:genai-sft');
INSERT INTO "fact_subjects" VALUES(11,'release:genai-sft@1.0.0');
INSERT INTO "fact_subjects" VALUES(11,'rulebook:genai-sft');
INSERT INTO "fact_subjects" VALUES(12,'person:p-4c78d4b8f8');
INSERT INTO "fact_subjects" VALUES(12,'release:genai-sft@1.0.0');
INSERT INTO "fact_subjects" VALUES(13,'person:p-4c78d4b8f8');
INSERT INTO "fact_subjects" VALUES(13,'release:genai-sft@1.0.0');
INSERT INTO "fact_subjects" VALUES(14,'person:p-c757798b15');
INSERT INTO "fact_subjects" VALUES(14,'release:genai-sft@1.0.0');
INSERT INTO "fact_subjects" VALUES(15,'person:p-c757798b15');
INSERT INTO "fact_subjects" VALUES(15,'release:genai-sft@1.0.0');
INSERT INTO "fact_subjects" VALUES(16,'person:p-908ac27e75');
INSERT INTO "fact_subjects" VALUES(16,'release:genai-sft@1.0.0');
INSERT INTO "fact_subjects" VALUES(17,'person:p-908ac27e75');
INSERT INTO "fact_subjects" VALUES(17,'release:genai-sft@1.0.0');
INSERT INTO "fact_subjects" VALUES(18,'person:p-27e98cc744');
INSERT INTO "fact_subjects" VALUES(18,'release:genai-sft@1.0.0');
INSERT INTO "fact_subjects" VALUES(19,'person:p-27e98cc744');
INSERT INTO "fact_subjects" VALUES(19,'release:genai-sft@1.0.0');
INSERT INTO "fact_subjects" VALUES(20,'person:p-b37449736b');
INSERT INTO "fact_subjects" VALUES(20,'release:genai-sft@1.0.0');
INSERT INTO "fact_subjects" VALUES(21,'person:p-b37449736b');
INSERT INTO "fact_subjects" VALUES(21,'release:genai-sft@1.0.0');
INSERT INTO "fact_subjects" VALUES(22,'person:p-a41c5c7906');
INSERT INTO "fact_subjects" VALUES(22,'release:genai-sft@1.0.0');
INSERT INTO "fact_subjects" VALUES(23,'person:p-a41c5c7906');
INSERT INTO "fact_subjects" VALUES(23,'release:genai-sft@1.0.0');
INSERT INTO "fact_subjects" VALUES(24,'person:p-99b69b8d28');
INSERT INTO "fact_subjects" VALUES(24,'release:genai-sft@1.0.0');
INSERT INTO "fact_subjects" VALUES(25,'person:p-99b69b8d28');
INSERT INTO "fact_subjects" VALUES(25,'release:genai-sft@1.0.0');
INSERT INTO "fact_subjects" VALUES(26,'batch:b1');
INSERT INTO "fact_subjects" VALUES(26,'release:genai-sft@1.0.0');
INSERT INTO "fact_subjects" VALUES(27,'batch:b1');
INSERT INTO "fact_subjects" VALUES(28,'import:1');
INSERT INTO "fact_subjects" VALUES(29,'batch:b1');
INSERT INTO "fact_subjects" VALUES(30,'batch:b1');
INSERT INTO "fact_subjects" VALUES(30,'item:z');
INSERT INTO "fact_subjects" VALUES(30,'person:p-99b69b8d28');
INSERT INTO "fact_subjects" VALUES(31,'batch:b1');
INSERT INTO "fact_subjects" VALUES(31,'sample:b1/1');
CREATE TABLE facts (
	seq INTEGER NOT NULL, 
	kind VARCHAR(64) NOT NULL, 
	actor VARCHAR(128) NOT NULL, 
	recorded_at VARCHAR(27) NOT NULL, 
	effective_at VARCHAR(27) NOT NULL, 
	supersedes INTEGER, 
	text TEXT NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_facts PRIMARY KEY (seq)
);
INSERT INTO "facts" VALUES(1,'workspace.created','lead','2026-11-06T02:00:01.000000Z','2026-11-06T02:00:01.000000Z',NULL,'{"actor":"lead","body":{"name":"old","origin":"user","timezone":"Asia/Shanghai"},"effective_at":"2026-11-06T02:00:01.000000Z","format":1,"identity":"asserted","kind":"workspace.created","recorded_at":"2026-11-06T02:00:01.000000Z","seq":1,"subjects":["workspace"],"supersedes":null}','a67d042a1005c5a7b303fbc49a5bf9ae08cdbe4ea35f3e90bf19f72ca8ac027c');
INSERT INTO "facts" VALUES(2,'person.added','lead','2026-11-06T02:00:02.000000Z','2026-11-06T02:00:02.000000Z',NULL,'{"actor":"lead","body":{"duties":["executor"],"model":"","organizer":"Org","person":"p-4c78d4b8f8","servers":["file"]},"effective_at":"2026-11-06T02:00:02.000000Z","format":1,"identity":"asserted","kind":"person.added","recorded_at":"2026-11-06T02:00:02.000000Z","seq":2,"subjects":["person:p-4c78d4b8f8"],"supersedes":null}','18a4ae26fd72d48c42b3b3e42f35d54506c69861b1efa116144510942378b74d');
INSERT INTO "facts" VALUES(3,'person.added','lead','2026-11-06T02:00:03.000000Z','2026-11-06T02:00:03.000000Z',NULL,'{"actor":"lead","body":{"duties":["executor"],"model":"","organizer":"Org","person":"p-c757798b15","servers":["file"]},"effective_at":"2026-11-06T02:00:03.000000Z","format":1,"identity":"asserted","kind":"person.added","recorded_at":"2026-11-06T02:00:03.000000Z","seq":3,"subjects":["person:p-c757798b15"],"supersedes":null}','e965ae00a2d02b8db7b0520ad96dca576b23bf3a8437eeda3fc7111353dcdc79');
INSERT INTO "facts" VALUES(4,'person.added','lead','2026-11-06T02:00:04.000000Z','2026-11-06T02:00:04.000000Z',NULL,'{"actor":"lead","body":{"duties":["executor"],"model":"","organizer":"Org","person":"p-908ac27e75","servers":["file"]},"effective_at":"2026-11-06T02:00:04.000000Z","format":1,"identity":"asserted","kind":"person.added","recorded_at":"2026-11-06T02:00:04.000000Z","seq":4,"subjects":["person:p-908ac27e75"],"supersedes":null}','87713037c76d062be0cdb6d46cb3eb0379c51f30c2e2be5a61c32d8d2916ad17');
INSERT INTO "facts" VALUES(5,'person.added','lead','2026-11-06T02:00:05.000000Z','2026-11-06T02:00:05.000000Z',NULL,'{"actor":"lead","body":{"duties":["reviewer"],"model":"","organizer":"Org","person":"p-27e98cc744","servers":["file"]},"effective_at":"2026-11-06T02:00:05.000000Z","format":1,"identity":"asserted","kind":"person.added","recorded_at":"2026-11-06T02:00:05.000000Z","seq":5,"subjects":["person:p-27e98cc744"],"supersedes":null}','0958c0dd32b7754df113648a7e273b9447934c4b0c46097f0cf7ce67c5f7ff7e');
INSERT INTO "facts" VALUES(6,'person.added','lead','2026-11-06T02:00:06.000000Z','2026-11-06T02:00:06.000000Z',NULL,'{"actor":"lead","body":{"duties":["reviewer"],"model":"","organizer":"Org","person":"p-b37449736b","servers":["file"]},"effective_at":"2026-11-06T02:00:06.000000Z","format":1,"identity":"asserted","kind":"person.added","recorded_at":"2026-11-06T02:00:06.000000Z","seq":6,"subjects":["person:p-b37449736b"],"supersedes":null}','c8368b7ab9ca6495ca8e3e0786e66e592386bc2262acb9627f844e43db3f3e23');
INSERT INTO "facts" VALUES(7,'person.added','lead','2026-11-06T02:00:07.000000Z','2026-11-06T02:00:07.000000Z',NULL,'{"actor":"lead","body":{"duties":["reviewer"],"model":"","organizer":"Org","person":"p-a41c5c7906","servers":["file"]},"effective_at":"2026-11-06T02:00:07.000000Z","format":1,"identity":"asserted","kind":"person.added","recorded_at":"2026-11-06T02:00:07.000000Z","seq":7,"subjects":["person:p-a41c5c7906"],"supersedes":null}','d61660ffda1af8a556b37c2eb6a65930c362bc3b133189d808fc19cdc1ad372a');
INSERT INTO "facts" VALUES(8,'person.added','lead','2026-11-06T02:00:08.000000Z','2026-11-06T02:00:08.000000Z',NULL,'{"actor":"lead","body":{"duties":["arbitrator"],"model":"","organizer":"Org","person":"p-99b69b8d28","servers":["file"]},"effective_at":"2026-11-06T02:00:08.000000Z","format":1,"identity":"asserted","kind":"person.added","recorded_at":"2026-11-06T02:00:08.000000Z","seq":8,"subjects":["person:p-99b69b8d28"],"supersedes":null}','655f2a7107ddcb2cb37aca07db55d60e586119aed389cc6ffa9ecd675d866fd3');
INSERT INTO "facts" VALUES(9,'document.signed','lead','2026-11-06T02:00:09.000000Z','2026-11-06T02:00:09.000000Z',NULL,'{"actor":"lead","body":{"digest":"b1c4db31f399d5de4edb0bc3ce506f75b6ae82226bc6fc5831518a59a45adedc","document":"rulebook:genai-sft@1.0.0","meaning":"approval","person":"p-4c78d4b8f8"},"effective_at":"2026-11-06T02:00:09.000000Z","format":1,"identity":"asserted","kind":"document.signed","recorded_at":"2026-11-06T02:00:09.000000Z","seq":9,"subjects":["person:p-4c78d4b8f8","release:genai-sft@1.0.0","rulebook:genai-sft"],"supersedes":null}','8341fa51243ce0353da6eeaca8efd4215922f9d524958a9dc6a88f3391f20e62');
INSERT INTO "facts" VALUES(10,'document.signed','lead','2026-11-06T02:00:10.000000Z','2026-11-06T02:00:10.000000Z',NULL,'{"actor":"lead","body":{"digest":"b1c4db31f399d5de4edb0bc3ce506f75b6ae82226bc6fc5831518a59a45adedc","document":"rulebook:genai-sft@1.0.0","meaning":"approval","person":"p-c757798b15"},"effective_at":"2026-11-06T02:00:10.000000Z","format":1,"identity":"asserted","kind":"document.signed","recorded_at":"2026-11-06T02:00:10.000000Z","seq":10,"subjects":["person:p-c757798b15","release:genai-sft@1.0.0","rulebook:genai-sft"],"supersedes":null}','c618c9151cdf93c845dec099664f72b7bdc75fa7ada87453f63f5e3b577f9b85');
INSERT INTO "facts" VALUES(11,'rulebook.released','lead','2026-11-06T02:00:11.000000Z','2026-11-06T02:00:11.000000Z',NULL,'{"actor":"lead","body":{"adopted":true,"bump":"","clarifications":[],"control":"quality","digest":"b1c4db31f399d5de4edb0bc3ce506f75b6ae82226bc6fc5831518a59a45adedc","effective_from":"","examples":19,"kind":"functional","label_changes":[],"labels":["accept","inaccurate","off_topic","incomplete","poor_language"],"material":true,"name":"genai-sft","previous":"","previous_until":"","rules":6,"signatures":[9,10],"title":{"en":"Quality of prompt–response pairs","zh":"问答对质量标注规则"},"version":"1.0.0"},"effective_at":"2026-11-06T02:00:11.000000Z","format":1,"identity":"asserted","kind":"rulebook.released","recorded_at":"2026-11-06T02:00:11.000000Z","seq":11,"subjects":["release:genai-sft@1.0.0","rulebook:genai-sft"],"supersedes":null}','1505f982ae2573e1f2f409ba3b4a77fe4d236d70413930a3d05bd784b54a0858');
INSERT INTO "facts" VALUES(12,'training.recorded','lead','2026-11-06T02:00:13.000000Z','2026-11-06T02:00:12.000000Z',NULL,'{"actor":"lead","body":{"material":"","organizer":"Org","person":"p-4c78d4b8f8","release":"genai-sft@1.0.0","topics":[]},"effective_at":"2026-11-06T02:00:12.000000Z","format":1,"identity":"asserted","kind":"training.recorded","recorded_at":"2026-11-06T02:00:13.000000Z","seq":12,"subjects":["person:p-4c78d4b8f8","release:genai-sft@1.0.0"],"supersedes":null}','c86154e9173ef4d83fc53b3c86f31cbf96b8f539a10e0961dc5c91e5365da75a');
INSERT INTO "facts" VALUES(13,'exam.recorded','lead','2026-11-06T02:00:15.000000Z','2026-11-06T02:00:14.000000Z',NULL,'{"actor":"lead","body":{"paper":"","pass_mark":0.8,"person":"p-4c78d4b8f8","release":"genai-sft@1.0.0","score":0.9},"effective_at":"2026-11-06T02:00:14.000000Z","format":1,"identity":"asserted","kind":"exam.recorded","recorded_at":"2026-11-06T02:00:15.000000Z","seq":13,"subjects":["person:p-4c78d4b8f8","release:genai-sft@1.0.0"],"supersedes":null}','aabe5550a5a4d51694009fb972483aefd402758c742deb68ef10731efd1c45a5');
INSERT INTO "facts" VALUES(14,'training.recorded','lead','2026-11-06T02:00:17.000000Z','2026-11-06T02:00:16.000000Z',NULL,'{"actor":"lead","body":{"material":"","organizer":"Org","person":"p-c757798b15","release":"genai-sft@1.0.0","topics":[]},"effective_at":"2026-11-06T02:00:16.000000Z","format":1,"identity":"asserted","kind":"training.recorded","recorded_at":"2026-11-06T02:00:17.000000Z","seq":14,"subjects":["person:p-c757798b15","release:genai-sft@1.0.0"],"supersedes":null}','e1212f4a8e17d14af698f71bfb1f975ca32fcc59c4af12e17f2d2269ac1cc40a');
INSERT INTO "facts" VALUES(15,'exam.recorded','lead','2026-11-06T02:00:19.000000Z','2026-11-06T02:00:18.000000Z',NULL,'{"actor":"lead","body":{"paper":"","pass_mark":0.8,"person":"p-c757798b15","release":"genai-sft@1.0.0","score":0.9},"effective_at":"2026-11-06T02:00:18.000000Z","format":1,"identity":"asserted","kind":"exam.recorded","recorded_at":"2026-11-06T02:00:19.000000Z","seq":15,"subjects":["person:p-c757798b15","release:genai-sft@1.0.0"],"supersedes":null}','095dd4b3826e831ac048e9ac392b536a7c98ea28067ddb75b97eb512250fab19');
INSERT INTO "facts" VALUES(16,'training.recorded','lead','2026-11-06T02:00:21.000000Z','2026-11-06T02:00:20.000000Z',NULL,'{"actor":"lead","body":{"material":"","organizer":"Org","person":"p-908ac27e75","release":"genai-sft@1.0.0","topics":[]},"effective_at":"2026-11-06T02:00:20.000000Z","format":1,"identity":"asserted","kind":"training.recorded","recorded_at":"2026-11-06T02:00:21.000000Z","seq":16,"subjects":["person:p-908ac27e75","release:genai-sft@1.0.0"],"supersedes":null}','936fdd257e3ce8d47aeb32ac2be08477688cd0a5fa0d60e4b44f9060d1f2bb85');
INSERT INTO "facts" VALUES(17,'exam.recorded','lead','2026-11-06T02:00:23.000000Z','2026-11-06T02:00:22.000000Z',NULL,'{"actor":"lead","body":{"paper":"","pass_mark":0.8,"person":"p-908ac27e75","release":"genai-sft@1.0.0","score":0.9},"effective_at":"2026-11-06T02:00:22.000000Z","format":1,"identity":"asserted","kind":"exam.recorded","recorded_at":"2026-11-06T02:00:23.000000Z","seq":17,"subjects":["person:p-908ac27e75","release:genai-sft@1.0.0"],"supersedes":null}','057c48009e6fdd59bef37186caf8557eedbccb91941e5d6c337f7e68523d5f02');
INSERT INTO "facts" VALUES(18,'training.recorded','lead','2026-11-06T02:00:25.000000Z','2026-11-06T02:00:24.000000Z',NULL,'{"actor":"lead","body":{"material":"","organizer":"Org","person":"p-27e98cc744","release":"genai-sft@1.0.0","topics":[]},"effective_at":"2026-11-06T02:00:24.000000Z","format":1,"identity":"asserted","kind":"training.recorded","recorded_at":"2026-11-06T02:00:25.000000Z","seq":18,"subjects":["person:p-27e98cc744","release:genai-sft@1.0.0"],"supersedes":null}','d0ae6d00c1d934a64cc275b1647cc72bd334a7d0ea6538fa877bb482885b0a5c');
INSERT INTO "facts" VALUES(19,'exam.recorded','lead','2026-11-06T02:00:27.000000Z','2026-11-06T02:00:26.000000Z',NULL,'{"actor":"lead","body":{"paper":"","pass_mark":0.8,"person":"p-27e98cc744","release":"genai-sft@1.0.0","score":0.9},"effective_at":"2026-11-06T02:00:26.000000Z","format":1,"identity":"asserted","kind":"exam.recorded","recorded_at":"2026-11-06T02:00:27.000000Z","seq":19,"subjects":["person:p-27e98cc744","release:genai-sft@1.0.0"],"supersedes":null}','c9c78290e3cf38267af7ce2e1f1e6913363aa5a58ef4309ed6501f0ee9c11e1a');
INSERT INTO "facts" VALUES(20,'training.recorded','lead','2026-11-06T02:00:29.000000Z','2026-11-06T02:00:28.000000Z',NULL,'{"actor":"lead","body":{"material":"","organizer":"Org","person":"p-b37449736b","release":"genai-sft@1.0.0","topics":[]},"effective_at":"2026-11-06T02:00:28.000000Z","format":1,"identity":"asserted","kind":"training.recorded","recorded_at":"2026-11-06T02:00:29.000000Z","seq":20,"subjects":["person:p-b37449736b","release:genai-sft@1.0.0"],"supersedes":null}','9b75b387f225deb5498c17f72027b88a8914cada6e5712eb17681765110a6f4d');
INSERT INTO "facts" VALUES(21,'exam.recorded','lead','2026-11-06T02:00:31.000000Z','2026-11-06T02:00:30.000000Z',NULL,'{"actor":"lead","body":{"paper":"","pass_mark":0.8,"person":"p-b37449736b","release":"genai-sft@1.0.0","score":0.9},"effective_at":"2026-11-06T02:00:30.000000Z","format":1,"identity":"asserted","kind":"exam.recorded","recorded_at":"2026-11-06T02:00:31.000000Z","seq":21,"subjects":["person:p-b37449736b","release:genai-sft@1.0.0"],"supersedes":null}','d0bfc2a5389f98663b1db382d9b749ad258b42eccf880d610f7c77b8caba8028');
INSERT INTO "facts" VALUES(22,'training.recorded','lead','2026-11-06T02:00:33.000000Z','2026-11-06T02:00:32.000000Z',NULL,'{"actor":"lead","body":{"material":"","organizer":"Org","person":"p-a41c5c7906","release":"genai-sft@1.0.0","topics":[]},"effective_at":"2026-11-06T02:00:32.000000Z","format":1,"identity":"asserted","kind":"training.recorded","recorded_at":"2026-11-06T02:00:33.000000Z","seq":22,"subjects":["person:p-a41c5c7906","release:genai-sft@1.0.0"],"supersedes":null}','7ee63817dc839caa49f35a13c3f090d3760506ac1606c61ffb42c97ac7a32617');
INSERT INTO "facts" VALUES(23,'exam.recorded','lead','2026-11-06T02:00:35.000000Z','2026-11-06T02:00:34.000000Z',NULL,'{"actor":"lead","body":{"paper":"","pass_mark":0.8,"person":"p-a41c5c7906","release":"genai-sft@1.0.0","score":0.9},"effective_at":"2026-11-06T02:00:34.000000Z","format":1,"identity":"asserted","kind":"exam.recorded","recorded_at":"2026-11-06T02:00:35.000000Z","seq":23,"subjects":["person:p-a41c5c7906","release:genai-sft@1.0.0"],"supersedes":null}','6486a0b20b04c64cc93299f6ae1870c279f46ef107bcc1d649855c2dfed8d257');
INSERT INTO "facts" VALUES(24,'training.recorded','lead','2026-11-06T02:00:37.000000Z','2026-11-06T02:00:36.000000Z',NULL,'{"actor":"lead","body":{"material":"","organizer":"Org","person":"p-99b69b8d28","release":"genai-sft@1.0.0","topics":[]},"effective_at":"2026-11-06T02:00:36.000000Z","format":1,"identity":"asserted","kind":"training.recorded","recorded_at":"2026-11-06T02:00:37.000000Z","seq":24,"subjects":["person:p-99b69b8d28","release:genai-sft@1.0.0"],"supersedes":null}','6920b1814744ce8ac0150e133e12ee867165e461f11cb356dd06a82dd0a6d8ba');
INSERT INTO "facts" VALUES(25,'exam.recorded','lead','2026-11-06T02:00:39.000000Z','2026-11-06T02:00:38.000000Z',NULL,'{"actor":"lead","body":{"paper":"","pass_mark":0.8,"person":"p-99b69b8d28","release":"genai-sft@1.0.0","score":0.9},"effective_at":"2026-11-06T02:00:38.000000Z","format":1,"identity":"asserted","kind":"exam.recorded","recorded_at":"2026-11-06T02:00:39.000000Z","seq":25,"subjects":["person:p-99b69b8d28","release:genai-sft@1.0.0"],"supersedes":null}','29417dd7e60cfe699d24fa957080e160912db37f6a6556adcc99c6581c8d90b6');
INSERT INTO "facts" VALUES(26,'batch.declared','lead','2026-11-06T02:00:40.000000Z','2026-11-06T02:00:40.000000Z',NULL,'{"actor":"lead","body":{"answers":"","batch":"b1","control":"quality","kind":"functional","labels":["accept","inaccurate","off_topic","incomplete","poor_language"],"late":false,"organizer":"Org","recheck":"","record_rule":"majority","release":"genai-sft@1.0.0","requester":"","sources":[],"where":[]},"effective_at":"2026-11-06T02:00:40.000000Z","format":1,"identity":"asserted","kind":"batch.declared","recorded_at":"2026-11-06T02:00:40.000000Z","seq":26,"subjects":["batch:b1","release:genai-sft@1.0.0"],"supersedes":null}','a6c973bb68cdc10b8d28af9c5c71ebedfe26a7099a1cca642e4775309d4bc03b');
INSERT INTO "facts" VALUES(27,'plan.declared','lead','2026-11-06T02:00:41.000000Z','2026-11-06T02:00:41.000000Z',NULL,'{"actor":"lead","body":{"accuracy":0.95,"after_results":false,"batch":"b1","before_freeze":true,"before_labels":true,"design":"two-point","expected":0.99,"number":1,"power":0.9,"risk":0.05,"seed_digest":"a3989ac6c7865f211b75bfb0836b70077fea4a7bca40cc8fcfa3228f1ceecda2","seed_given":true,"terms":{}},"effective_at":"2026-11-06T02:00:41.000000Z","format":1,"identity":"asserted","kind":"plan.declared","recorded_at":"2026-11-06T02:00:41.000000Z","seq":27,"subjects":["batch:b1"],"supersedes":null}','d3611cb2f9b2f734143a02b824468669f74f68b669a68100f3b49ca8793885af');
INSERT INTO "facts" VALUES(28,'import.counted','lead','2026-11-06T02:00:42.000000Z','2026-11-06T02:00:42.000000Z',NULL,'{"actor":"lead","body":{"added":15,"contents":"21cc9406f6b157f45b259a7dc5d2b2268df8ea935c21f97454003cdf6883e7e5","digest":"a35bdb02e842de2e68e1ec6fbe695fbd6fa17c9e857002eb20928b906fefbec0","encoding":"utf-8","file":"4a7148008db761c6f2ebc87c3e3872570cc6485a71942c56daa951a2b72fd14c","file_digest":"00e995b16a4b4ebb849cb265b8de46ef961d67ca87bbbad5779028668ed24b48","format":"csv","import_no":1,"items":5,"options":{},"refused":0,"rows":15,"server":"file","unchanged":0},"effective_at":"2026-11-06T02:00:42.000000Z","format":1,"identity":"asserted","kind":"import.counted","recorded_at":"2026-11-06T02:00:42.000000Z","seq":28,"subjects":["import:1"],"supersedes":null}','8b4afbcb653441a367f73c7f226ff7305a8dcc19d6f1ddf176a530cbd858e1c6');
INSERT INTO "facts" VALUES(29,'batch.frozen','lead','2026-11-06T02:00:43.000000Z','2026-11-06T02:00:43.000000Z',NULL,'{"actor":"lead","body":{"annotations":"c06e4c329b8c8487f8bb48accc64c56177cb2d32597c2e4fb3d4bba5306e50b3","batch":"b1","before_declared":0,"exclusions":[],"frame":"e5d1e1dcafd83bde951f3f96c111cba1d4d255309ff59ebd9c57490b85703ff5","items":"f8341f5a83736a913f3a9c290e4760e8b1f414292505bd1d632dbabeb884dc6f","items_left_out":0,"items_prelabelled":0,"n_annotations":15,"n_disputed":1,"n_items":5,"origins":{"human":15},"participants":["p-4c78d4b8f8","p-908ac27e75","p-c757798b15"],"records_after":0,"repeats":"last"},"effective_at":"2026-11-06T02:00:43.000000Z","format":1,"identity":"asserted","kind":"batch.frozen","recorded_at":"2026-11-06T02:00:43.000000Z","seq":29,"subjects":["batch:b1"],"supersedes":null}','2ba59c104e57e9f8acb8eba0bb163e98ba16e9248710810c7c6cdcae5fb9efd2');
INSERT INTO "facts" VALUES(30,'dispute.ruled','lead','2026-11-06T02:00:44.000000Z','2026-11-06T02:00:44.000000Z',NULL,'{"actor":"lead","body":{"arbitrator":"p-99b69b8d28","batch":"b1","item":"z","label":"accept","reason":"d316f6f53ac90385045e1c4796a27d02d1367f88f9073f083b4c9f28a27e1fa1"},"effective_at":"2026-11-06T02:00:44.000000Z","format":1,"identity":"asserted","kind":"dispute.ruled","recorded_at":"2026-11-06T02:00:44.000000Z","seq":30,"subjects":["batch:b1","item:z","person:p-99b69b8d28"],"supersedes":null}','ef3f260d4f90fbcfbf6fbd416c730b20b5b15354f749d78d5c87f36bdd818d26');
INSERT INTO "facts" VALUES(31,'sample.drawn','lead','2026-11-06T02:00:45.000000Z','2026-11-06T02:00:45.000000Z',NULL,'{"actor":"lead","body":{"batch":"b1","c":0,"digest":"516cb68f1fca0e2e18716440a39bcc4d97f7e1355ca4c1907ba2c36fb41288e0","doubles":0,"frame":"e5d1e1dcafd83bde951f3f96c111cba1d4d255309ff59ebd9c57490b85703ff5","kind":"verification","measures":"","n":5,"parts":[],"plan":1,"pool":["p-27e98cc744","p-a41c5c7906","p-b37449736b"],"population":5,"power":1,"published":"","risk":0,"sample":"b1/1","seed":"the seed of b1","standing":"committed","strata":[],"verifiers":["p-a41c5c7906"]},"effective_at":"2026-11-06T02:00:45.000000Z","format":1,"identity":"asserted","kind":"sample.drawn","recorded_at":"2026-11-06T02:00:45.000000Z","seq":31,"subjects":["batch:b1","sample:b1/1"],"supersedes":null}','50e46e6ce6e827504bfdf0c202e1ecc1efaf5a910b4511e47ea2ec9aa1f9b13f');
CREATE TABLE names (
	person VARCHAR(32) NOT NULL, 
	name TEXT NOT NULL, 
	CONSTRAINT pk_names PRIMARY KEY (person)
);
INSERT INTO "names" VALUES('p-4c78d4b8f8','Ann Lee');
INSERT INTO "names" VALUES('p-c757798b15','Bob Wu');
INSERT INTO "names" VALUES('p-908ac27e75','Cai Yun');
INSERT INTO "names" VALUES('p-27e98cc744','Rex One');
INSERT INTO "names" VALUES('p-b37449736b','Rex Two');
INSERT INTO "names" VALUES('p-a41c5c7906','Rex Three');
INSERT INTO "names" VALUES('p-99b69b8d28','Art Biter');
CREATE TABLE texts (
	digest VARCHAR(64) NOT NULL, 
	salt VARCHAR(32) NOT NULL, 
	text TEXT NOT NULL, 
	CONSTRAINT pk_texts PRIMARY KEY (digest)
);
INSERT INTO "texts" VALUES('4a7148008db761c6f2ebc87c3e3872570cc6485a71942c56daa951a2b72fd14c','c08c537c91217a14fda27f993beb1980','b1.csv');
INSERT INTO "texts" VALUES('d316f6f53ac90385045e1c4796a27d02d1367f88f9073f083b4c9f28a27e1fa1','8591a543381af53b9564cec8056cfcba','Q-01');
CREATE INDEX ix_facts_kind_seq ON facts (kind, seq);
CREATE INDEX ix_fact_subjects_subject_seq ON fact_subjects (subject, seq);
COMMIT;
