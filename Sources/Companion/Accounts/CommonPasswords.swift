/// The most frequent passwords of public leaks, in lower case: the first 3,000 of five characters or more, the first
/// 9,000 of eight or more, the first 16,000 of eight or more with a letter and a digit, and all long ones.
/// Taken from the frequency list of zxcvbn 4.5 (Dropbox; MIT licence).
enum CommonPasswords {
    /// The words, separated by blanks and line ends, sorted.
    static let text = #"""
        !qaz2wsx 0.0.0.000 0.0.000 000000 0000000000o 000001 000007 007007 007james 01011 01011900 01011910 01011950
        01011960 01011961 01011970 01011971 01011972 01011973 01011974 01011975 01011976 01011977 01011978 01011979
        01011980 01011981 01011982 01011983 01011984 01011985 01011986 01011987 01011988 01011989 01011990 01011991
        01011992 01011993 01011994 01011995 01011999 01012000 01012001 01012010 01012011 010203 01020304 0102030405
        010203040506 01021990 01031985 01031988 01031989 01041985 01041988 01061986 01061990 01071986 01081989
        01091987 01091989 01121986 01121988 012345678910 013cpfza 014702580369 01478520 0192837465 01telemike01
        02011971 02011975 02011980 02011981 02011982 02011983 02011984 02011985 02011986 02011987 02011988 02011989
        02021971 02021973 02021976 02021979 02021981 02021982 02021983 02021984 02021985 02021986 02021987 02021988
        02021989 02021990 02031970 02031973 02031974 02031975 02031977 02031978 02031979 02031980 02031981 02031982
        02031984 02031985 02031986 02031987 02031988 02031989 02041972 02041973 02041974 02041975 02041976 02041977
        02041978 02041979 02041980 02041981 02041982 02041983 02041984 02041985 02041986 02041987 02041988 02041989
        02051970 02051972 02051973 02051975 02051976 02051977 02051978 02051980 02051981 02051982 02051983 02051984
        02051985 02051986 02051987 02051988 02051989 02061971 02061972 02061974 02061976 02061977 02061980 02061982
        02061983 02061984 02061985 02061986 02061987 02061988 02061989 02071971 02071975 02071976 02071978 02071979
        02071980 02071981 02071982 02071983 02071984 02071986 02071987 02071988 02071989 02081970 02081973 02081974
        02081976 02081977 02081980 02081982 02081983 02081984 02081985 02081986 02081987 02081988 02081989 02091971
        02091973 02091975 02091976 02091977 02091980 02091981 02091983 02091984 02091985 02091986 02091987 02091989
        02101973 02101976 02101977 02101979 02101981 02101983 02101984 02101985 02101986 02101987 02101988 02101989
        03031986 03041986 03041991 03082006 04041988 04041991 05051985 05051987 05051989 06061986 063dyjuy 07071977
        07071987 07091990 08031985 08031986 08051990 08081988 08121986 085tzzqi 09051945 090808qwe 0987654321q
        0o9i8u7y 0okm9ijn 0raziel0 100000 10011986 10011990 100200300 10031988 10051987 10071987 10101 10101986
        10101990 10203 102030 10203040 1020304050 102030405060 102938 10293847 1029384756 10inches 11001001 11051987
        11051990 11061985 11081989 111111 11111111 1111111111zz 111111aa 11112222 1111aaaa 1111qqqq 11121986 111222
        11122233 111222333 111222333000 111222333444555 111222333a 112211 11223 112233 11223344 1122334455
        112233445566 11223344q 112358 11235813 1123581321 11c645df 11qq22ww 12011987 12021988 12031985 12031987
        12051988 12121 12121985 12121990 121314 12131415 1213141516 122333 122333444455555 123098 12312 123123
        12312312 123123123a 123123123q 123123a 123123q 123123qwe 123123qweqwe 1232323q 12332 123321 123321123
        123321456654 123321q 123321qwe 123321qweewq 12340987 1234321 12344321 12344321q 12345 1234509876 123451
        12345123 123454321 1234554321 123456 12345612 123456123 12345654321 123456654321 1234567 12345677 12345678
        123456782000 1234567887654321 123456789 1234567890 12345678900 123456789000 12345678900987654321
        1234567890987654321 1234567890a 1234567890q 1234567890qaz 1234567890qw 1234567890qwe 1234567890qwerty
        1234567890s 1234567890z 1234567890zzz 1234567891 12345678910 123456789101 123456789123 1234567892000
        12345678987654321 1234567899 123456789987654321 123456789a 123456789abc 123456789asd 123456789b 123456789d
        123456789f 123456789g 123456789k 123456789l 123456789m 123456789n 123456789o 123456789p 123456789q
        123456789qaz 123456789qq 123456789qqq 123456789qw 123456789qwe 123456789qwer 123456789qwerty 123456789r
        123456789s 123456789t 123456789v 123456789w 123456789x 123456789z 123456789zxc 12345678a 12345678c 12345678q
        12345678z 12345679 1234567a 1234567aa 1234567d 1234567q 1234567qwertyu 1234567t 1234567u 1234567w 1234567z
        12345687 123456987 123456a 123456aa 123456ab 123456abc 123456as 123456asd 123456k 123456q 123456qaz 123456qq
        123456qqq 123456qw 123456qwe 123456qwerty 123456r 123456ru 123456s 123456z 123456zx 123456zxc 123457 12345a
        12345abc 12345asd 12345q 12345qaz 12345qwe 12345qwer 12345qwert 12345qwerty 12345trewq 12345z 12345zxc
        12345zxcvb 12348765 12349876 1234abcd 1234asdf 1234kekc 1234qwe 1234qwer 1234qwerasdf 1234qwerasdfzxcv
        1234qwert 1234qwerty 1234rewq 1234rmvb 1234zxcv 123581321 123654 12365478 123654789 12369874 123698741
        123698745 1236987z 123789 123789456 123987 123aaa 123abc 123as123 123asd 123asd123 123hfjdk147 123masha
        123mudar 123qaz 123qaz123 123qq123 123qwe 123qwe123 123qwe321 123qwe456 123qwe456rty 123qweas 123qweasd
        123qweasdzxc 123qwert 123qwerty 123qwerty123 123zxc 123zxc123 124578 128500 12e3e456 12locked 12monkey
        12qw12qw 12qw34er 12qw34er56ty 12qwas 12qwaszx 12qwerty 12s3t4p55 13021990 13031987 13041987 13041988 13061986
        13121985 131313 132435 13243546 13245768 134679 134679852 135246 13579 135790 1357908642 1357911q 135792468
        1357924680 135798642 1366613 14021985 14021986 14061991 14111986 141627 142536 147258 14725836 147258369
        147852 14785236 147852369 1478963 14789632 147896321 147896325 14881488 14vbqk9p 15011987 15021985 15051981
        15051990 150781 15101986 151nxjmt 15426378 154ugeiu 159357 159753 159753456 159753456852 159951 16051987
        16051989 16121987 162534 17011987 17051988 17061988 17171717aa 18011987 18061990 18091985 18121812 18273645
        18436572 19061987 19101987 192837 19283746 192837465 19411945 1972chev 19mtpgam19 1a2a3a4a 1a2a3a4a5a 1a2b3c
        1a2b3c4d 1a2b3c4d5e 1a2s3d4f 1a2s3d4f5g 1a2s3d4f5g6h 1aaaaaaa 1asshole 1basebal 1bigdick 1charlie 1chicken
        1compute 1diamond 1footbal 1fuckyou 1hxboqg2 1jennife 1jessica 1letmein 1melissa 1michael 1million 1mustang
        1pass1page 1passwor 1password 1patrick 1q2q3q4q 1q2q3q4q5q 1q2w3e 1q2w3e4r 1q2w3e4r5 1q2w3e4r5t 1q2w3e4r5t6y
        1qa2ws3e 1qa2ws3ed 1qa2ws3ed4rf 1qa2ws3ed4rf5tg 1qay2wsx 1qaz!qaz 1qaz2wsx 1qaz2wsx3edc 1qaz2wsx3edc4rfv
        1qazxsw2 1qazxsw23edc 1qazxsw23edcvfr4 1qazzaq1 1qw23er4 1qwerty 1qwerty1 1qwertyu 1samanth 1scooter 1sexyred
        1starwar 1superma 1thunder 1wildcat 1william 1x2zkg8w 1z2x3c4v 1z2x3c4v5b 1zxcvbnm 200000 20031987 20051988
        20061988 20091988 20091991 20111986 201jedlz 20spanks 21011989 21031987 21031988 21031990 21051988 21051991
        21101986 2112rush 2128506 22011988 22021986 22021989 22031984 22041987 22041988 22061941 22071986 222333
        223344 22334455 22446688 23021986 23041987 23176djivanfros 235689 23skidoo 24011985 24061986 24111989 246810
        24681012 24pnz6kc 25031987 25041988 25081988 25091987 25121987 25800852 25802580 258456 26031988 26061987
        260zntpc 27061988 27731828 28011987 28021990 28021992 28041987 29011985 29051989 29071983 2b8riedt 2bigtits
        2sexy2ho 2w3e4r5t 2wsx1qaz 2wsx3edc 2wsxcde3 2wsxzaq1 30031988 30041986 30051985 31011987 31217221027711
        314159 31415926 315475 321123 321456 321654 321654987 32615948worms 332211 333666 335533aa 336699 33rjhjds
        343104ky 34523452 362436 368ejhih 369258147 369852147 380zliki 383pdjvl 3edc4rfv 3edcvfr4 3rjs1la7qe 3stooges
        3syqo15hil 41d8cd98f00b 420247 420420 427cobra 43046721 44332211 445566 44magnum 4506802a 456123 456321 456654
        456852 45m2do5bs 4815162342 4815162342lost 4904s677075 495rus19 4r3e2w1q 4rfv3edc 4rfv5tgb 4runner 4z34l0ts
        4z3al0ts 50cent 50spanks 541233432442 551scasi 554uzpad 5551212 555666 555777 55bgates 565hlgqo 59382113kevinp
        5hsu75kpot 5t4r3e2w1q 5t6y7u8i 5tgb6yhn 5wr2i7h8 640xwfkv 654321 66613666 666666 666777 666999 6751520
        67camaro 686xqxfg 68camaro 69213124 696969 69camaro 73501505 74108520 74123698 741258963 741852 741852963
        74227422 742617000027 753159 753951 7753191 7777755102q 7777777 7777777a 777888 7779311 777angel 778899 784512
        787898 789123 789456 78945612 789456123 7894561230 7895123 78963214 789632145 789654 789654123 789987 78n3s5af
        7hrdnw23 7ugd5hip2j 80070633pc 808state 852456 863abgsg 8675309 890098890 89231243658s 89876065093rax 8j4ye3uz
        8phrowz622 8phrowz624 90210 906090 911911 911turbo 918273645 9293709b13 9379992 951753 963258741 963852
        963852741 987456 987456321 987654321a 987654321q 989244342a 99762000 999111999q a12345 a123456 a1234567
        a12345678 a123456789 a123456a a1a2a3a4 a1a2a3a4a5 a1b2c3 a1b2c3d4 a1b2c3d4e5 a1s2d3 a1s2d3f4 a1s2d3f4g5
        a1s2d3f4g5h6 a7777777 a987654321 aa123321 aa123456 aaa111 aaaa1111 aaaaaaa1 aaliyah aardvark aaron123 ab123456
        abc12 abc123 abc1234 abc12345 abc123456 abc123456789 abc123abc abcd123 abcd1234 abcde123 abcdef123 abcdefg1
        aberdeen abgrtyu abigail1 abnormal abracadabra abrakadabra absolut acapulco access access12 access14 access20
        access99 accord account1 achilles acidburn action acun3t1x adgjmptw adidas admin admin123 admin18533362
        admiral1 adonis adrenalin adriana1 adventur aerosmit aerosmith aezakmi agent007 aggies aikido airborne airbus
        airforce airforce1 airplane ajcuivd289 akatsuki alabama alabama1 alaska albatros alberto1 albion alcatraz
        alejandr aleksander aleksandr aleksandra aleksey alessand alessandro alex1234 alex1990 alex1996 alex2000
        alexande alexander1 alexandr alexandre alexandru alexis alfarome algernon alibaba aliens aligator alkaline
        allblack alleycat alligator allison1 allmine allnight allsop allstar allstar1 allstate alpha alpha1 alpha123
        alphabet alphaman alpine alterego alucard amadeus amadeusptfcor amanda1 amanda11 amanda12 amanda18 amanda69
        amarillo amateur amateurs amazon amber1 amber123 ambrosia america america1 amethyst amoremio amsterda
        amsterdam amsterdam1 an83546921an13 anaconda anakin anakonda analsex anarchy anastasi anastasiya andre123
        andreas1 andrei andrew1 andrew12 andrewjackie andrey andrey123 andromed andromeda andyod22 anfield anfield1
        angel angel1 angel123 angel666 angel777 angelito angelo4ek angels angus anhyeuem animal anime anna1987
        anna2614 annette1 another1 antananarivu antelope anthony1 anthony2 anthony7 antigone anton123 antonio1 anubis
        aolsucks apache apollo apollo11 apollo13 apple apple1 apple123 applepie apples aq1sw2de3 aquafina aquarius
        arabella aragorn aragorn1 arcangel archange archangel architec area51 argentin arizona arizona1 arjay
        armageddon armagedon armani armstron arsenal arsenal1 arsenal2 art131313 artemis artur as123456 asd123
        asd12345 asd123456 asd123asd asdasd asdasd123 asdf123 asdf1234 asdfasdf asdffdsa asdfg asdfg123 asdfg12345
        asdfgh asdfgh01 asdfgh12 asdfgh123 asdfgh123456 asdfghj asdfghjk asdfghjkl asdfghjkl1 asdfghjkl123 asdfjkl
        asdfqwer asdfzxcv asdqwe123 asdzxc asfnhg66 ashley1 ashley12 asmodeus aspire aspirine assa1234 assassin
        assassins assclown assfuck asshole asshole1 asshole2 assholes asslover assman assmunch assword1 astalavista
        asterix asterix1 astonvil astros atlanta atlanta1 atlantis atomic atreides auburn auckland2010 audia4 augustin
        aussie austin austin12 austin31 austin316 australi avalanch avalanche avalon avangard avatar avenger avenger1
        avrillavigne awesome awesome1 az123456 azamat azerty azerty123 azertyui azertyuiop azsxdc azsxdcfv b0ll0cks
        babemagn babemagnet baberuth babes babushka babybear babyblue babyboy babycake babydoll babyface babygirl
        babygirl1 babylon babylon5 babylove bacardi backbone backdoor badabing badass badboy badboy69 baddog badger
        badgirl badkarma badnaamhere baggins baggins1 bagira bajingan baller balloon balloons balls ballsack baltimor
        bambam banana bananas banane bandit bandit12 bangkok bangkok1 banker banshee baracuda barbados barbara1 barbie
        barcelon barcelona barefeet barefoot baritone barkley barkley1 barney barracud barracuda barselona barsik
        baseba11 basebal1 baseball baseball1 basket basketba basketbal bassman bassman1 bastard bastard1 batman
        batman01 batman1 batman12 batman69 batman99 bayern baywatch bbbbbbb1 bcfields beachbum beaches beagle beaner
        beanie bearcats beast beastie beatles beatles1 beautifu beautiful1 beauty beaver beavis beckham beckham7
        beefcake beethove beetle bella123 bellagio bendover benessere benfica bengals benjamin1 bennett1 bentley1
        beretta bergkamp berlin bernard1 bernhard bethany1 bettyboo bettyboop bicycle bigass bigballs bigbear bigbird
        bigblack bigblock bigboobs bigbooty bigboy bigbucks bigbutts bigcock bigdaddy bigdick bigdick1 bigdicks bigdog
        bigdog69 bigfoot bigfoot1 biggie biggles bigguy bigmac bigman bigmike bigmoney bignasty bigone bigpenis
        bigpoppa bigpussy bigred bigsexy bigtime bigtits bigtits1 bigtruck bikini billabon billabong billy1 billy123
        billybob billyboy bimmer bingo bingo123 binladen biohazard bionicle birdie birdman birthday1 birthday21
        birthday299 birthday4 birthday54 biscuit biscuit1 bisexual bismarck bismilla bismillah bitch bitch1 bitch123
        bitchass bitches biteme biteme69 bizkit blabla black1 black123 blackass blackbel blackbelt blackberry blackbir
        blackbird blackboy blackcat blackcoc blackcock blackdog blackhaw blackhawk blackice blackie blackie1 blackjac
        blackjack blacklab blackops blackout blacks blacky blade blades blahblah blaster blaster1 blazer blessed
        blessed1 blessing blink182 blizzard blonde blondes blondie blondie1 blondinka bloopers blowfish blowjob blowme
        blowme69 bltynbabrfwbz blue123 blue1234 blue22 blueball bluebell blueberr bluebird blueboy bluedog blueeyes
        bluefish bluejays bluemoon bluenose blues bluesky bluesman bluestar bmw325is bmw330ci bob123 bobafett bobby1
        bobby123 bobcat bobdylan bobmarle bobmarley boeing boeing74 bogart bogdan bogey bohica bollocks bollox bomber
        bond007 bondage bondage1 bondarenko bonehead boner bones bonethug bonjour bonkers bonsai boobie boobies
        boobies1 booboo boobs boogaloo booger boogie bookcase bookworm boomboom boomer bootie boots booty borabora
        bordeaux boricua boris123 borussia bosco boscoe01 bossman boston boston12 bounce bowler bowling bowling1
        boxing boy4u2ownnyc bpgjldsgjldthnf br00klyn br0d3r br549 bradley1 brando brandon1 brandon2 brandy brasil
        bravehea braveheart braves brazil breast breeze brendan1 brian1 brian123 brianna1 bridget1 brighton bristol
        britney britney1 bronco broncos broncos1 broncos7 brooklyn brother1 browndog brownie brownie1 browns brucelee
        bruins bruno123 brutus bubba bubba1 bubba123 bubbas bubble bubblegum bubbles bubbles1 bucket buckeye buckeye1
        buckeyes buckshot buckwhea budapest buddah buddha buddy buddy1 buddy123 buddyboy buddydog budlight budman
        budweise budweiser buffalo buffalo1 buffett buffy1 buffy123 bugger bugsbunn builder bukowski bulldawg bulldog
        bulldog1 bulldog2 bulldogs bullet bullfrog bullseye bullshit bullwink bunghole bunny bunny1 buratino burger
        businessbabe buster buster01 buster1 buster11 buster12 butch butter buttercu buttercup butterfl butterfly
        buttfuck butthead butthole buttman buttons buttons1 buzzard bynthytn byteme c3por2d2 cab4ma99 cabbage cabernet
        cactus cadillac cadr14nu caesar caitlin1 calamity calgary calico caliente californ caligula calimero callisto
        callofduty camaro camaro69 camaross camaroz2 cambiami cambridg camel camelot camelot1 camels cameltoe cameron
        cameron1 canada cancer cancun candle candy123 candyass candyman cannabis cannibal cannonda canon cantona
        cantona7 capetown capital1 capitals capoeira capone capricor capricorn capslock captain captain1 caramel
        cardinal care1839 carebear carefree carlitos carlos12 carnival carolina carolyn1 carpedie carpediem carpente
        carpet carrera carrera4 carrot carthage cartman cartman1 cartoon cartoons casablanca casanova caserta casey1
        casey123 caseydog cashflow cashmone cashmoney casino casper cassandr cassie cat123 catch22 catdaddy catdog
        catfight catfish catfish1 catherin catman catwoman cavalier caveman caveman1 cbr600 cbr600rr cbr900rr ccbill
        cdtnkfyf celeron celica celine celtic celtic88 celtics celtics1 cerberus cessna cezer121 cfitymrf cgfhnfr
        chainsaw challeng champ champion champs changeme chaos charger charger1 chargers charisma charles1 charles2
        charli charlie charlie1 charlie123 charlie2 charlie3 charlie4 charlie5 charlie6 charlie7 charlie9 charlott
        charlton charly charmed charmed1 chase123 chaser checkers checkmat cheerleaers cheers cheese cheese1 cheese12
        cheetah chelsea chelsea1 chelsea2 cherokee cherries cherry cheshire chester chester1 chester2 chevelle
        chevrole chevrolet chevy chevy1 chevy454 chevys10 chevyz71 chewbacc chewie cheyanne cheyenne chicago chicago1
        chicago2 chichi chicken chicken1 chicken2 chickens chickenwing101 chicks chico chiefs chipmunk chipper
        chipper1 chivas chocolat chocolate1 choochoo chopper chopper1 choppers chris1 chris123 chrisbln chrissy
        chrissy1 christ christia christin christma christop christophe christopher1 christy1 chronic chrono chrysler
        chuang chubby chuckie chuckles chucky chunky churchil cicero cidkid86 cigars cinder cinnamon citibank civilwar
        cjdthitycndj cjkysirj cjkywt clancy clapton clarinet classic classic1 classics claudia1 claymore clayton1
        clemson clemson1 cleopatr clevelan clinton1 clipper clippers clitoris close-up cloud9 clouds clover cnfybckfd
        cobra cobra1 cobra427 cocacola cocks cocksuck cocksucker coconut coffee cohiba coldbeer coldplay colleen1
        college1 colole57 colombia colorado colors colossus colt1911 colt45 coltrane comanche combat123654 comcast1
        comet comicbookdb commande commando compaq compaq12 compute computer computer1 concorde concrete condom condor
        connect connect1 connor consumer contortionist control1 cookie cookie12 cookies cookies1 cooldude cooler
        coolgirl coolguy coolhand coolio coolman coolness cooter copenhag copper corleone cornhole corona corperfmonsy
        corrado corvet07 corvett1 corvette cosmo cosmos costaric cosworth cougar counterstrike country1 courtney1
        coventry cowboy cowboys cowboys1 cowboys2 cowboyup coyote cracker cracker1 crazy1 crazy123 crazybab crazyman
        creampie creamy creative creepers crescent cricket cricket1 crimson crimson1 critter crjhgbjy crocodil cruise
        cruiser crunch crusader crysis crystal1 csfbr5yy cthulhu cthutq cubbies cubbies1 cubswin cucumber cuddles
        cuddles1 culinary cumming cumshot cunts cupcake cupcake1 curious curious1 custom cutiepie cutlass cutter
        cvbhyjdf cvzefh1gkc cxfcnkbdfz cxfcnmt cyber cybersex cyclone cyclones cyclops cygnusx1 cynthia1 cypress
        d1i2m3a4 d1lakiss dad2ownu daddy1 daddy123 daedalus daewoo dagger dagobert daisy1 daisy123 daisydog dakota
        dalejr dallas dallas1 dallas12 dallas21 dallas22 damage11 dammit damnit dancer danger dangerou danie daniel1
        daniel12 daniel123 daniela1 daniil danil8098 danila danni danny123 dannyboy danzig dapzu455 daredevi daredevil
        darkange darkangel darklord darkness darkside darkstar darthvad darthvader dasha123 david1 david123 davidoff
        davids daydream daytona dbrnjh dbrnjhbz ddddddd1 deadhead deadman deadpool deadspin death1 death123 death666
        deathnote deathrow deborah1 deejay deepblue deepthro deepthroat deerhunt deeznuts deeznutz defender defiant
        defiant1 deftones delete delpiero delta delta1 delta123 deluxe demon666 denali denis123 deniska depeche
        derparol derrick1 desert designer desire deskjet desperado destiny destiny1 detectiv detroit detroit1
        deutschland devil devil666 devildog devilman devilmaycry devilmaycry4 devils dexter dfcbkbcf dfkthbz dfkthf
        dfktynby dfktynbyf dfvgbh dgl70460 dharma dhjnvytyjub diablo diablo66 diamante diamond diamond1 diamonds
        dickhead dicks dickweed diehard diesel dietcoke digger digital digital1 digitalprodu dilbert dilbert1 dildo
        dilligaf dillweed dima1234 dima12345 dima1993 dima1995 dima1996 dima1997 dima2000 dima2010 dinamo dingdong
        dinosaur dipstick dirtbike dirtydog discover disney diver divine djg4bb4b dkflbckfd dkflbvbh dkflbvbhjdbx
        dkflbvbhjdyf doberman doctor dodge1 dodger dodgeram dodgers dodgers1 dogfood doggie doggy doggydog doggystyle
        doghouse dogman dogpound dolemite dollar dolphin dolphin1 dolphin2 dolphins doma77ns domainlock2005 domenico
        dominic1 dominika dominion dominiqu domino donkey dont4get dontknow donuts doobie doodle doogie dookie
        doomsday doorknob dortmund doughboy douglas1 downhill dracula drago dragon dragon00 dragon01 dragon1 dragon10
        dragon11 dragon12 dragon123 dragon13 dragon21 dragon22 dragon23 dragon66 dragon69 dragon76 dragon88 dragon99
        dragonba dragonball dragonballz dragonfl dragonfly dragons dragons1 dragoon dragrace dragster dreamcas
        dreamcast dreamer dreamer1 dreams driver drizzt drjynfrnt droopy dropdead dropkick drowssap drpepper drummer
        drummer1 dthjybrf dtkjcbgtl dtxyjcnm dublin ducati ducati99 duchess duckhunt dumbass dupont24 duracell durango
        durango1 duster dutchess dutchman dynamite eae21157 eagle eagle1 eagle123 eagles eagles05 eagles1 earnhard
        earthlin earthlink eastside eastwood eatme eatmenow eatpussy eatshit eclipse eclipse1 edinburg eduard edward1
        edward12 eeyore efbcapa201 eggplant eightbal einstein ejaculation ekaterina elaine22 elbereth elcamino
        eldiablo eldorado electric electron element element1 elephant eleven11 elisabet elizabet elizabeth1 elizaveta
        elvira26 elvis1 elvis123 embalmer emerald emerald1 emily1 eminem emmitt22 empire enforcer engage engineer
        england1 enigma enter enter1 enter123 enternow enterpri enterprise envision episode1 eraser erection ericsson
        erotic erotica escalade escorpio escort espresso eternal eternal1 eternity ethernet euphoria europa
        evanescence evangeli evangelion everest evergree everlast everques everquest everton everton1 evildead
        evolutio excalibu excalibur excellen exigen exigent exodus explorer express express1 extreme extreme1 f00tball
        f15eagle fabie fabienne fabric facefuck facial faggot failsafe fairlane fakepass falcon falcon16 falcons
        falcons1 fallen fallout fallout2 fallout3 falstaff fandango fantasia fantasti fantasy fantasy1 fantomas
        farscape farside farside1 fastball fastcars faster fatass fatboy fatcat fatluvr69 fatman favorite2 favorite5
        favorite6 favorite7 favorite8 fearless feather feathers federica feelgood fellatio fender fernand ferrari
        ferrari1 ferrari2 ferrari3 ferret fester fetish fffffff1 ffvdj474 fghtkm fgtkmcby fhntv1998 fhvfutljy ficken
        fiction7 fidelity fiesta figaro fighter fighter1 filter finalfantasy finger fireball firebird fireblad
        fireblade firefigh firefly firefox firehawk fireman fireman1 firestar firestorm firewall fish1234 fishbone
        fishcake fisherma fisherman fishes fishface fishhead fishing fishing1 fishtank fitness fivestar fkbyf001
        fkbyjxrf fkg7h4f3v6 fkmnthyfnbdf fktrcfylh fktrcfylhf fktrcfylhjdbx fktrcfylhjdf fktrcfylhjdyf fktrctq
        fktyeirf flamengo flames flamingo flash flash1 flash123 flashman flathead flatron fletch flexible flipflop
        flipmode flipper flipper1 floppy florian florida florida1 florida2 flounder flower flowers1 fluffy
        flvbybcnhfnjh flyboy flyers flyers88 foobar footbal footbal1 football football1 football12 footlove ford9402
        fordf150 fordf250 fordf350 fordtruc foreplay foreskin forest forest11 forever forever1 forfun forgetit formula
        formula1 forsaken fortuna fortune12 fossil foxtrot foxtrot1 foxylady francesc francis1 francisc frank1
        frank123 frankie1 franky freaks freaky freckles fred1234 freddie1 freddy frederik frederiksberg free4all
        freebird freedom freedom1 freedom2 freedom3 freedom7 freefall freeman1 freepass freeporn freeuser freewill
        freiheit frenchie friday friday13 friends1 friendster fright frisco frisky frodo frogger froggy front242
        frontier frosty fruitbat fubar fuck_inside fucked fuckedup fucker fucker11 fucker69 fuckers fuckface fuckhead
        fuckher fucking fuckinside fuckit fuckme fuckme69 fuckmehard fuckoff fuckoff1 fuckshit fuckthat fucktheworld
        fuckthis fucku fucku2 fuckyeah fuckyou fuckyou1 fuckyou123 fuckyou2 fuckyou69 fuckyou7 fuckyoubitch fugazi
        fujifilm fullback fullmoon funstuff funtime funtimes fusion fussball futbol futurama futyn007 fuzzball
        fyfcnfcbz fyfnjkbq fylhtq fynfyfyfhbde fynjybyf fyutkbyf fyutkjxtr gabrie gabriel1 gabriel2 gabriell galaxy
        galeries galina gallaries galore gambit gamecock gamecube gameover gandalf gandalf1 gandalf2 gangbang
        gangbanged gangsta gangsta1 gangster ganjaman gannibal garden garfield gargoyle garrett1 gateway gateway1
        gateway2 gator gator1 gatorade gators gbgbcmrf gbhfvblf gbpltw gegcbr geheim geibcnbr gemini general1 genesis
        genesis1 genius george01 george1 george12 georgia1 geraldin germany1 geronimo gerrity1 gesperrt getmoney
        getsome gfgfvfvf gfhjkm gfhjkm1 gfhjkm12 gfhjkm123 gfhjkmgfhjkm gfif1991 ghbdtn ghbdtn12 ghbdtn123 ghbdtnbr
        ghbdtnbr1 ghbdtndctv ghbdtnghbdtn ghbdtnrfrltkf ghblehjr ghbywtccf ghetto ghhh47hj7649 ghjcnbnenrf ghjcnj
        ghjcnj123 ghjcnjgbpltw ghjcnjgfhjkm ghjcnjghjcnj ghjcnjnfr ghjcnjqgfhjkm ghjcnjrdfibyj ghjdthrf ghjnbdjcnjzybt
        ghjnjnbg ghjuhfvvf ghost ghost123 ghostrider gianluca giants gigabyte ginger ginger1 ginger12 ginscoot giorgi
        girfriend girls giveitup gizmo gizmo1 gizmo123 gizmodo gizmodo1 gjkbyf gjkysqgbpltw gladiato gladiator
        glendale glennwei glenwood gmoney gn56gn56 gnasher23 goalie gobigred goblin goblue godbless goddess goddess1
        godfathe godfather godsmack godspeed godzilla gofish goforit gogators golden goldeney goldeneye goldfing
        goldfish goldrush goldstar goldwing golfball golfclub golfer golfer23 golfing golfing1 goliath gollum gonzo
        goober good12345 good123654 goodboy goodfell goodgirl goodison goodlife goodluck goodtime goodyear goofball
        goofy google google12 google123 goose gooseman gopher gordon24 gorilla gorilla1 gorillaz gotcha gothic
        gotigers gotohell gotyoass govols grandpri granny grapeape grapes graywolf great1 greatone greatsex
        greedisgood green1 green123 greenbay greenday greenlantern greenman greens greentea gregor gregory1 gremlin
        grendel grendel1 gretzky greyhoun greywolf griffey griffin1 gringo grizzly grizzly1 groove groovy groucho
        groupd2013 grumpy gsgba368 gsxr1000 gsxr1100 gsxr750 gtnhjdbx gtnhjpfdjlcr guardian guesswho guillaum guillerm
        guiness guinness guitar gulliver gundam gunnar gunner gunners gustav gy3yt2rgls gymnastic gznybwf13 hacked
        hacker hairball hairy hal9000 halflife halflife2 hallo hallo123 hallowee hambone hamburg hamburg1 hamlet
        hammer hammers hammers1 hamster hamster1 handball handyman hannah hannibal hannover hansolo hansolo1 happines
        happy1 happy123 happyday happydog happyman hardball hardcock hardcore hardcore1 harddick hardon hardrock
        hardwood hardwork harley harley01 harley1 harley11 harley12 harry1 harry123 harrypotter hatteras hattrick
        havefun hawaii hawaii50 hawaiian hawkdog79 hawkeye hawkeye1 hawkeyes hawkwind hawthorn hayabusa
        hd764nw5d7e1vb1 headless headshot hearts heather1 heather2 heaven hedgehog hedimaptfcor heineken heinlein
        hellfire hello hello1 hello123 hello1234 hellohel hellokitty helloo hellsing hellyeah helmet helpme hendrix
        hendrix1 hentai herbie hercules herewego hermes hermione hernande hershey hershey1 hesoyam hetfield hhhhhhh1
        hidden highbury highheel highland highlander highlife hihje863 hilfiger hillbill hillside hiphop history1
        hithere hitler hitman hitman47 hjvfirf hobbes hobbit hockey hockey1 hockey12 hockey99 hogwarts hokies holiday
        holiday1 holland1 holly1 hollywoo holyshit homebrew homemade homepage homer1 homer123 homers homerun honda
        honda1 hondacbr honey1 honeybee honeybun honeydew hongkong honolulu hooker hooligan hoosier hoosiers hooter
        hooters hooters1 hopkins1 horizon horndog hornet horney horny horny1 hornyguy hornyman horse horseman horsemen
        horses hot2trot hotbabes hotboy hotchick hotdog hotgirls hotpussy hotred hotrod hotsex hotshot hotstuff hottie
        hounddog house123 housewife housewifes houston1 hshfd4n279 htubcnhfwbz hugetits hugoboss hulkster hummer
        hunter hunter01 hunter1 hunter11 hunter12 hunter123 hunting hunting1 hurrican husker huskers huskers1 huskies
        huskies1 hustler hustler1 hyperion hzze929b iampurehaha2 ib6ub9 ibanez ibill123 ibilltes icecream icehouse
        iceman iceman69 idontkno idontknow iforgot ignatius iguana ihateyou ijrjkflrf ikilz083 ilikepie ilikesex
        illini illmatic illusion iloveboobies ilovegod ilovemyfamily iloveporn ilovepussy ilovesex iloveu iloveyo
        iloveyou iloveyou1 iloveyou2 ilya1234 ilya1992 immortal impala impalass implants imtheman incubus incubus1
        india123 indiana indiana1 indians indians1 indigo inferno inferno1 infiniti infinity ingodwetrust ingram01
        insane insert insertion insertions insomnia inspiron installdevic installsqlst integra integra1 intel
        interacial intercourse internet internet1 intrepid intruder inuyasha invictus iqzzt580 ireland1 irina irish1
        irishman ironhors ironmaiden ironman ironman1 isacs155 iseedeadpeople islander istanbul istheman italia
        italiano ivanov ivanova iverson iverson3 iwantu j3qq4h7h2v jabroni jack1234 jackal jackass jackass1 jackoff
        jackson1 jackson2 jackson5 jacob1 jagger jaguar jakester jamaica jamaica1 james007 james1 james123 jamesbon
        jamesbond jamesbond007 jameson1 jamie1 jamie123 jammer january1 japanees jarhead jasmine jasmine1 jason1
        jason123 jasper jaybird jayhawk jayhawks jazzman jbond007 jediknig jeepster jefferso jeffrey1 jellybea
        jellybean jennife1 jennifer1 jenny1 jenny123 jericho jericho1 jerkoff jessic jessica0 jessica1 jessica2 jester
        jesus1 jesus123 jesus777 jethro jewels jg3h4hfn jiggaman jimbo jimbob jimmy1 jimmy123 jjjjjjj1 jo9k2jw2
        johanna1 johannes john1234 john316 johnboy johncena johndeer johndeere johngalt johnny69 johnson1 joker joker1
        joker123 jokers jonathan1 jordan jordan1 jordan11 jordan12 jordan23 joseph10 josephin joshua1 joshua12
        joystick jrcfyf juggalo juice jumper junebug jungle junior junkmail jupiter jupiter1 jupiter2 jurassic
        just4fun just4me just4you justdoit justice justice1 justin1 justin11 justin12 justinbieber justme juventus
        kahuna kakashka kaktus kamasutra kamikadze kamikaze kangaroo kansas karate karina karolina kashmir kasper
        katana katarina katerina katie1 katie123 katrin katrina1 kawasaki kazanova kazantip kcchiefs kcj9wx5n keeper
        kelly001 kelly1 kelly123 kennedy1 kenneth1 kennwort kenny123 kenshin kenwood kenworth kevin1 kevin123 keyboard
        keystone keywest kfcnjxrf kickass kickass1 kicker kickflip kicksass kikimora killbill killer killer1 killer12
        killer123 killer666 killme killzone kimber45 king1234 kingfish kingkong kingpin kingston kinky kipper kirill
        kirill123 kisses kissme kissmyas kissmyass kitkat kitten kitty kitty1 kitty123 kittycat kittykat kjrjvjnbd
        klaster kleopatra klingon klingon1 klondike knickerless knickers knicks knights knockers knopka knuckles
        kodaira52 kodiak koetsu13 kolobok komputer konstantin kordell1 koroleva koshka kosmos kostya kotenok krasotka
        krishna kristen1 kristin1 krokodil ktyjxrf kungfu l58jkdjp! l8g3bkde labrador labtec lacrimosa lacrosse
        ladybird ladybug ladybug1 laetitia laguna lagwagon lakers lakers24 lakers32 lakers34 lakeside lakewood
        lalakers lambchop lamborghini lancaste lancelot lancer landrove lansing lapochka laptop laracroft larisa
        larry123 laser laserjet lasttime lasvegas latino lavalamp leather leavemealone lebowski lebron23 ledzep
        leedsutd left4dead legacy legend legion legolas lemmings lemonade lennon lenochka leonard1 leonid leonidas
        leopard lesbian lesbians lespaul lestat letmein letmein0 letmein1 letmein2 letmein22 letmein6 letmein7
        letmein9 letmeinn letmesee letsdoit letsfuck letsgo letsplay lexingky lexmark lexus lfitymrf lhbjkjubz2957704
        libertad liberty liberty1 licker lickit lickme lifehack lifeisgood lighthou lightnin lightning lights lilwayne
        limewire lincoln1 lindsay1 lindsey1 lineage2 lionhear lionheart lionking liquid littlema livelife liverpoo
        liverpool liverpool1 livewire lizard ljxtymrf lobster lockdown lockerroom locoman0 logan1 logitech loglatin
        lokomotiv lol123 lol12345 lolipop lollipop lollol lollypop london london11 london12 london22 london99 lonesome
        lonestar lonewolf longdong longhair longhorn longhorns longjohn longshot looker looser losangel losangeles
        loser loser123 losers lost4815162342 lotus123 love1 love123 love1234 love2011 love4ever love69 lovehate loveit
        lovelife lovely loveme loveme89 lover lover1 loverboy loverman lovers lovesex loveyou loveyou1 loveyou2
        lowrider lucas123 lucifer lucifer1 lucky lucky1 lucky123 lucky13 lucky7 lucky777 luckydog luckyone ludacris
        ludmila lunchbox luscious luv2epus luv2fuck lvbnhbq lvbnhbq1 lytghjgtnhjdcr lzbs2twz m1234567 m6cjy69u35
        macaroni macdaddy macgyver machine machine1 machoman macintos macintosh mackenzi macross madagaskar madala11
        maddie maddison maddog madison madison1 madison2 madman madmax madness madonna madonna1 maestro magellan
        maggie maggie11 maggot magic magic1 magic123 magician magick magicman magnum magnus magpie mahalkita maiden
        mailcreated5240 mailman majestic makaveli makeitso makeksa11 maksim maksimka malaka malcolm1 malibu malina
        mallard mallard1 mallorca mallrats mama1234 mamacita mamapapa mamochka manager1 manchest manchester mandarin
        mandingo mandolin mandrake manhatta maniac mannheim manson manunited manutd mapet123456 maprchem56458 maradona
        marajade marathon marauder marcello marcius2 margarit maria1 maria123 marijuan marijuana marilyn1 marina
        marine mariners marines marines1 marino marino13 mariposa marishka marissa1 marius mark1234 marketin marlboro
        marley marseill marseille martin1 martin12 martina1 martini martini1 maryjane masamune maserati mash4077
        masha123 massimiliano massive maste master master01 master1 master11 master12 master123 master22 master69
        master99 masterbaiting masterbate masterbating masterkey mastermi mastermind masturbation matador matchbox
        matrix matthew1 matthew2 matthew7 matthew8 matthias mattingl mature maurizio maurolarastefy maverick maverick1
        max123 maxell maxim maxim1935 maxima maximilian maximus maximus1 maxpayne maxpower maxwell maxwell1 mayday
        mayhem maynard1 mazafaka mazda323 mazda626 mazdarx7 mazdarx8 meandyou meatball meathead meatloaf mechanic
        medusa megadeth megaman megapass megatron meister melanie1 melissa1 melissa2 mellon mellow memorex memphis
        memphis1 menace meowmeow mephisto mercedes mercury mercury1 mercury7 meridian merlin mersedes metal666
        metallic metallica metallica1 metro2033 mevefalkcakk mexico miami michae michael0 michael1 michael2 michael3
        michael4 michael5 michael6 michael7 michael8 michael9 michaeljackson michele1 michelle1 michigan mick7278
        mickey microlab micron microphone microsof microsoft midget midnight midnight1 midway mighty mike1234 mikey
        mikey123 milamber milana milano milena milhouse milkyway millenium million1 millwall mimi92139 mine2306
        minecraft minecraft123 minime minimoni minnesot minnesota_hp mirage miranda1 mischief misfit misfit99 mishka
        misiaczek mission1 mississi missy1 mister mistress misty123 mittens mittens1 mnbvcxz mnbvcxz1 mobydick
        modelsne mojojojo molly1 molly123 mollydog moloko molson mom4u4mm momoney momsanaladventure monaco monalisa
        monday mondeo money money1 money123 money4me moneyman moneys mongoose monique1 monitor monke monkey monkey01
        monkey1 monkey10 monkey11 monkey12 monkey123 monkey13 monkey22 monkey69 monkey77 monkey99 monkeybo monkeyboy
        monkeyma monkeyman monkeys monolith monopoly monster monster1 monster2 montana montana1 montecar montecarlo
        monterey montgom240 montreal montrose monty123 moocow mookie moomoo moonbeam moonligh moonlight moonshin
        moonshine moonstar moose moose1 morganstanley morozova morpheus morrowind mortalkombat mortgage morticia
        mortimer moscow mostwanted motdepasse mother motherfu motherlode motocros motocross motorcyc motorola mounta1n
        mountain mouse mouse1 mozart msorcloledbr mudvayne muffdive muffin mulder multiplelo munchkin muppet muscle
        mushroom music1 music123 musica musicman mustang mustang0 mustang1 mustang2 mustang3 mustang4 mustang5
        mustang6 mustang7 mustang8 mustang9 mustangs mustard mwq6qlzo mybaby myfriend mylife mylove mynameis mypass
        mypasswo mypassword mysecret myspace1 mystic myxworld myxworld4 nadezhda naked nancy123 napass napster naruto
        naruto12 naruto123 nascar nascar20 nascar24 nascar88 nastenka nasty nastya natali natalie1 natascha natasha
        natasha1 natedogg nathanie naughty naughty1 nautilus navigato navigator navyseal nbuhtyjr ncc1701 ncc1701a
        ncc1701d ncc1701e ncc74656 ne1469 nebraska needforspeed nemesis nemesis1 nemrac58 nemvxyheqdd5oqxyxyzi neptune
        netscape network1 networkingpe nevada nevermin nevermind nevermor nevermore newbie newcastl newlife newlife1
        neworder newpass newpass1 newpass6 newport newport1 newproject2004 newstart newyork newyork1 nfnmzyf
        nhecsyfujkjdt nhfdvfnjkju123 nhfycajhvths nicetits nicholas1 nick1234 nickel nicola nicole1 nigger
        nightcrawler nightmar nightowl nightwin nightwish nikita nikita123 nikola nikolay nimrod nineball nineinch
        niners ninja nintendo nipper nipple nipples nirvana nirvana1 nissan nitram nocturne nofear nohack04 nokia
        nokia123 nokia3230 nokia3250 nokia3310 nokia5130 nokia5230 nokia5300 nokia5310 nokia5530 nokia5800 nokia6120
        nokia6233 nokia6300 nokia6303 nokia7610 nokia8800 nokian70 nokian73 nokian95 nolimit nolimit5 nolimit8
        nolimit9 noname123 nondriversig nonmembe nonrev67 noodle noodles nookie nopass nopassword normandy nosferatu
        nostromo note1234 notebook nothing1 notredam nounours novifarm novikova nthvbyfnjh ntktdbpjh nudist nugget
        number1 nuttertools nwo4life nygiants nyjets nylons nymets nyyankee oakland oakland1 oasis obiwan oblivion
        obsidian oc247ngucz oceans11 october1 october2 ohyeah oicu812 oilers oksana olcrackmaster oldman oliver
        olivier omega omega1 omega123 omegared onelove onelove1 onepiece online onlyme ontheoutside open1234 opendoor
        openup operator optimist optimus optiplex oqglh565 oracle orange orange1 orange12 orange44 orange77 oranges
        oranges1 orchid orgasm orioles orion orlando1 oscar1 oscar123 osiris ou812 ou8122 outkast outlaw outsider
        overkill overlord oxford ozlq6qwm p0015123 p030710p$e4o p0o9i8u7 p455w0rd p4ssw0rd p4ssword p@ssw0rd pa55w0rd
        pa55word pacific1 packard packard1 packer packers packers1 packers4 pacman padres paintbal paintball pakistan
        paladin paladin1 pallmall palmtree panama panasoni panasonic pancho panda pandora pandora1 panorama pantera
        pantera1 panther panther1 panthers panties panties1 pantyhos pantyhose panzer papabear papamama paperino
        papillon paradigm paradise paradox paraklast1974 paramedi paramore paris123 parlament parol999 parola parrot
        parsifal partizan pasadena pascal pass123 pass1234 pass1word passat passcode passion passion1 passions
        passmast passme passport passthie passw0rd passw0rd1 passwerd passwor passwor1 password password0 password01
        password1 password11 password12 password123 password1234 password13 password2 password3 password4 password5
        password6 password69 password7 password9 password99 passwords passwordstandard passwort patches patches1
        pathfind pathfinder patrick1 patrick2 patrick7 patrick8 patrick9 patriot patriot1 patriots patrizia patterso
        paul1234 paulina1 pavement pavilion payton34 peaceout peach peaches peaches1 peaches2 peanut peanutbutter
        peanuts pearljam pebbles pebbles1 peekaboo peewee pegasus pegasus1 pencil penetrating penetration penguin
        penguin1 penguins penis pennstat penny1 pennywis penthous pentium pentium1 pentium3 pentium4 pepper pepper1
        pepper12 pepsi pepsi1 pepsi123 peregrin perfect1 pertinant pervert pervert1 peter1 peter123 peterbil
        peternorth peterpan petrovich peugeot phaedrus phantom phantom1 phantom2 pharmacy phialpha philippe philips
        phillies phillip1 philly phish phish420 phoenix phoenix1 phoenix2 photos phpbb pi314159 pianoman piazza31
        picard picasso picasso1 piccolo pickle pickles pickles1 pictuers piercing piglet pikachu pikachu1 pillow
        pilot123 pimpdadd pimpdaddy pimpin pimpster pineappl pineapple pinetree pingpong pinhead pinkfloy pinkfloyd
        pinnacle pioneer pioneer1 pipeline pippen pippen33 piramida pirate pirates pisces pissing pistol pistons1
        pitbull pitchers pizza pizza123 pizzahut pizzaman pizzas planet plastic plastic1 plastics platinum platypus
        playball playboy playboy1 playboy2 player player69 playmate playstat playstation playstation2 playstation3
        playtime plumber plumber1 plymouth pobeda poison poiu0987 poiu1234 poiuyt poiuytrewq pokemon pokemon1
        pokemon12 pokemon123 polaris polaris1 polaroid police police22 polina polniypizdec0211 polniypizdec110211
        polska pompey poncho pontiac pontiac1 poochie poodle poohbear pookie pool6123 poontang pooper poophead poopie
        poopoo pooter popcorn popcorn1 popeye poppy porkchop porn4life pornking porno pornographic pornos pornpass
        pornstar porsche porsche1 porsche9 porsche911 portland portugal poseidon possum postal postov10 postov1000
        potato powder power1 power123 powerman preacher precious precious1 predator prelude prelude1 presario presiden
        presto preston1 primetime21 primus prince princes princesa princess princess1 princessa princeto pringles
        printer printer1 priscill prissy private private1 privet priyanka prodigy prodigy1 prophet proxy psychnaut1
        psycho ptfe3xxp ptybnxtvgbjy pudding pufunga7782 pumpkin pumpkin1 pumpkins punisher punkin punkrock
        punksnotdead puppies puppy puppydog pupsik purdue purple purple12 pussie pussies pussy pussy1 pussy123
        pussy4me pussy69 pussycat pussyeat pussylover pussyman pussys putter pxx3eftp pyramid pyramid1 pyramids python
        q12345 q123456 q1234567 q12345678 q123456789 q1234567890 q1q2q3q4 q1q2q3q4q5 q1w2e3 q1w2e3r4 q1w2e3r4t
        q1w2e3r4t5 q1w2e3r4t5y6 q1w2e3r4t5y6u7 q1w2e3r4t5y6u7i8 q1w2e3r4t5y6u7i8o9p0 q2w3e4r5 q8zo8wzq qawsed qawsedrf
        qawsedrftg qawsedrftgyh qaz123 qaz12345 qaz123wsx qaz123wsx456 qazqaz qazwsx qazwsx12 qazwsx123 qazwsxed
        qazwsxedc qazwsxedc1 qazwsxedc123 qazwsxedcrfv qazwsxedcrfvtgb qazxsw qazxsw12 qazxsw123 qazxsw21 qazxswedc
        qazxswedc123 qazxswedcvfr qq123456 qq123456789 qqq111 qqqq1111 qqqqqqq1 quality1 quant4307s quantum quantum1
        quartz quattro queens qw123456 qw12er34 qwaszx qwaszx12 qwaszx123 qwaszxerdfcv qwe123 qwe123asd qwe123qwe
        qwe123rty qweasd qweasd12 qweasd123 qweasdzx qweasdzxc qweasdzxc1 qweasdzxc123 qwedsazxc qweqwe qweqwe123
        qwer123 qwer1234 qwer12345 qwer4321 qwerasdf qwerasdfzxcv qwert qwert1 qwert123 qwert12345 qwertasdfgzxcvb
        qwerty qwerty00 qwerty1 qwerty10 qwerty11 qwerty12 qwerty123 qwerty1234 qwerty12345 qwerty123456
        qwerty123456789 qwerty13 qwerty21 qwerty22 qwerty321 qwerty66 qwerty77 qwerty777 qwerty78 qwerty88 qwerty99
        qwertyasdfgh qwertyu qwertyu1 qwertyu8 qwertyui qwertyuio qwertyuiop qwertyuiop1 qwertyuiop10 qwertyuiop12
        qwertyuiop123 qwertyuiop12345 qwertyytrewq qwertz r2d2c3p0 r2d2c3po r3ady41t r4e3w2q1 rabbit rabota racecar
        racer racerx rachel1 racing radiohea radiohead ragnarok raider raiders raiders1 rainbow rainbow1 rainbow6
        rainbows raindrop rainman rainyday raistlin rambler rambo rammstei rammstein ramses ramstein random ranger
        ranger01 ranger1 ranger11 ranger21 ranger99 rangers rangers1 raptor rapunzel rascal rasdzv3 rasputin rasta
        rasta220 rastaman raven raven1 ravens raymond1 rb26dett rbhbkk rctybz rdfhnbhf reader ready2go realmadrid
        reaper rebbyt34 rebecca1 rebel rebels reckless red123 red12345 redalert redbaron redbull reddevil reddog
        reddwarf redfish redhead redhead1 redheads redhot redlight redman redneck redneck1 redrum redskin1 redskins
        redsox redsox04 redstorm redwing redwing1 redwings redwood reebok reefer reloaded remingto renault renegade
        rereirf rerfhtre rescue residentevil retard review69 revival47 revoluti revolver rfgbnjirf rfhbyf rfhfvtkmrf
        rfhfylfi rfhlbyfk rfhnjirf rfnthbyf rfnthbyf1988 rfntymrf rfrfirf rfrnec rfvfcenhf rhbcnbyf rhfcfdbwf rhfcjnrf
        rhjrjlbk rhtdtlrj ricardo1 riccardo richard1 richard2 rickster riffraff rightnow ripken ripper ripple riverrat
        riversid rjhjktdf rjirfrgbde rjntyjr rjycnfynby rktjgfnhf roadkill roadking roadrunn roadrunner roadster
        robert1 robert12 roberto1 robinhood robotech robotics rocker rocket rockets rockford rockhard rocknrol
        rocknroll rockon rocks rockstar rocky1 rocky123 rodman roller rolltide roman123 romanova romashka romeo123
        rommel ronaldinho ronaldo ronaldo1 ronaldo7 ronaldo9 rookie rooster rooster1 roosters rootbeer rootedit
        rosebud rosebud1 rosewood rotten route66 rover rovers royals rsalinas rt6ytere rtyuehe rubber rulez rulezzz
        runescape runner rush2112 rushmore ruslan russell1 russia russian7 rustam rusty1 rusty123 rustydog s456123789
        saab9000 sabbath sabine sabres sabrina1 sadie1 safari sailboat sailing sailing1 sailor saints sakura
        salamander salasana saleen salmon salomon saltydog salvator samadams samantha samantha1 samiam sammy1 sammy123
        sammydog sampson1 samson samsung samsung1 samsung123 samsung2 samurai samurai1 sancho sandiego sandman
        sandman1 sandrine sandro sandy1 sandy123 sanfrancisco sanity72 sanity729 santacru sapper sapphire sarah1
        sarah123 sarajevo saratoga sascha sasha1 sasha123 sasha1995 sasha1996 sasha2010 sasha_007 sassy sasuke satan
        satan666 satana666 satellit saturn saun24865709 sauron sausage sausages save13tx saxophon sayang sc0tland
        scania scanner scarface scarface1 scarlet scarlet1 scheisse schnuffi schoolgirlie scirocco scooby scooby12
        scoobydo scoobydoo scooter scooter1 scooter2 scorpio scorpio1 scorpion scorpions scotch scotland scott1
        scott123 scotty scout scrabble scrapper scrappy scream screamer screwyou scruffy scruffy1 scuba scully
        sdsadee23 seahawks seahorse sealteam seamus searay searock6 seattle seattle1 sebastia sebastie secret secret1
        secret12 secret123 security seductive seeker seemnemaailm segblue2 seinfeld select seminole semperfi senators
        senha123 sentinel sephirot sephiroth septembe seraphim serega serenity sergbest sergei sergey sersolution
        server service1 sesame seven7 seven777 sevenof9 sevilia1 sex123 sex12345 sex4me sexsex sexsexse sexual sexxxx
        sexy1 sexy1234 sexy69 sexybabe sexybitch sexygirl sexylady sexymama sexyman sfgiants shado shadow shadow01
        shadow1 shadow11 shadow12 shadow123 shadow13 shadow69 shadow99 shadows1 shaggy shalom shaman shamrock shaney14
        shania shannon1 shaolin shark sharks sharky shasta shaved shazam shearer9 sheepdog shelby shelley1 shemale
        sherlock sherman1 shevchenko shiloh shinigami shirley1 shitface shitfuck shithead shitty shock123 shogun
        shooter shooter1 shorty shotgun shotgun1 shotokan showme showtime shredder shygirl1 sidekick sidewind siemens
        siemens1 sierra sigmachi silver silver1 silver12 silverad silverado simba simon1 simon123 simple simpson1
        simpsons sinatra sinbad singapor sinister sinner sirius sithlord sixers sixtynin sk84life sk8ordie skateboard
        skater skeeter skeeter1 skidoo skiing skinhead skinny skipper skipper1 skippy skittles skorpion skorpion39
        skydive skydiver skyline skyline1 skywalke skywalker slacker slamdunk slapnuts slappy slapshot slave slayer
        slayer66 slayer666 sleepy slick slider slimed123 slimshad slimshady slinky slipknot slipknot1 slipknot666
        slippery slowhand sluts slutty smackdow smackdown smartass smashing smeghead smegma smelly smile123 smiles
        smiley smirnoff smirnova smith123 smitty smoke smoke420 smokedog smoker smokes smokey smokin smooth smoothie
        smudge snake snake1 snakeman snakes snapon snapper snapper1 snapple snapshot snatch sneakers snickers
        snickers1 sniper snoop snoopdog snoopdogg snoopy snowball snowbird snowboar snowboard snowflak snowflake
        snowman snowman1 snuggles sobaka soccer soccer1 soccer10 soccer11 soccer12 soccer13 soccer14 soccer15 soccer17
        soccer22 sochi2014 socrates softball softtail software sojdlg123aljg sokolova soldier soldier1 soleil solitude
        solnce solnishko sommer songbird sonic sonic123 sonics sonnenschein sonyericsson sonyfuck sonyvaio sooners
        sooners1 sophie sopranos soso123aljg soulmate southpar southpark southpaw southside spaceman spank spanking
        spankme spanky sparhawk sparkle sparkles sparky sparky12 sparta spartak spartan spartan1 spartan117 spartans
        spawn speaker speaker1 special1 specialinsta specialk spectrum speedy spencer1 spider spider12 spiderma
        spiderman spiderman1 spidey spike spike1 spirit spitfire splash splatter splinter spongebo spongebob spooky
        spring sprint sprinter sprite sprocket spunky spurs sputnik spyder squash squerting squirrel squirt srinivas
        ssptx452 stalin stalker stalker1 stallion stamford stanislav stanley1 star69 starbuck starbucks starcraf
        starcraft stardust starfire starfish stargate starligh starlight starlite starman starship start123 starter
        startrek starwars starwars1 static stealth stealth1 steeler steeler1 steelers steelers1 stefano steph stephani
        stephen1 stereo sterlin steve1 steve123 stewart1 stickdaddy77 stickman sticks sticky stigmata stiletto stimpy
        sting stinger stinger1 stingray stinky stinkyfinger stocking stocks stonecol stonecold stoned stones stonewal
        stoney stoppedby storm stormy strange1 stranger stratfor stratocaster strawber strawberry streaming strider
        strike striker striker1 stripper student1 studio54 studly stumpy stunner stupid subaru sublime sublime1
        submarin subway success success1 suckcock suckdick sucker suckit suckme suckmydick sucks sugar sultan summer
        summer01 summer05 summer06 summer1 summer10 summer11 summer12 summer20 summer69 summer99 summertime summit
        sundance sunday sunderla sundevil sunflowe sunflower sunlight sunny123 sunnyday sunrise sunrise1 sunset
        sunshin sunshine sunshine1 super super1 super123 superbow superfly superman superman1 superman2 supernov
        supernova supersonic supersta superstar support1 surfer surfing surfing1 surveyor survivor suzuki sveta123
        svetik svetlana swallow swallows sweet1 sweetass sweetie1 sweetnes sweetness sweetpea sweets sweety swimmer
        swimmer1 swimming swinger swingers swinging sword swordfis swordfish swords sydney sylveste syncmaster
        syracuse system32 systemofadown t34vfrc1991 tacobell tacoma taekwondo tailgate takamine take8422 talisman
        tamerlan tampabay tanechka tangerin tango tanker tardis target tarheel tarheel1 tarheels tarzan tattoo tatyana
        taurus taylor1 taylor12 tazman tazmania tdutybq teacher teacher1 teamwork technics techno tecumseh teddy123
        teddybea teddybear teens tekken telefon telephon temp1234 tempest tempest1 temppass temppassword temptress
        tenerife tennesse tennis tennis12 tequiero tequila tequila1 terminat terminator terrapin terriers terror test1
        test123 test1234 tester testibil testing testing1 testing123 testpass texas1 thailand thanatos thankyou
        thebeast theboss thecakeisalie thecat theclash thedog thedoors theend theforce thegame thegame1 thegreat
        thekid theking thelast1 theman theone theresa1 therock therock1 thesaint thesims thething thetruth thirteen
        thisisit thomas01 thomas1 thomas12 thomas123 thongs thor5200 threesom thuglife thumbnils thumper thumper1
        thunder thunder1 thunder2 thunder5 thunder7 thunderb thx1138 tiberian tiberius ticketmaster tickle tickling
        ticklish ticktock tiffany1 tiger tiger1 tiger123 tigercat tigers tigger tigger01 tigger1 tigger12 tigger69
        tights timber timelord timothy1 timoxa94 tinker tinkerbe tinkerbell tinman tintin titanic titanic1 titanium
        titans titleist titties titty tkbpfdtnf tm371855 tmjxn151 tokiohotel tolkien tomahawk tomato tomcat tommy1
        tommy123 tommyboy tomservo tonyhawk tooltime toonarmy tootsie topcat topdog topgun topher topolino topper
        topsecre topsecret toriamos tornado tornado1 toronto toronto1 tortoise toshiba toshiba1 tottenha tottenham
        toulouse toyota tracker tractor trader trader12 trailers trance transam transam1 transexual translator trapper
        travel traveler treasure trebor treefrog trfnthbyf triangle tricky trident trigger trigger1 trinitro trinitron
        trinity trinity1 trinity3 triplets tristan1 triton triumph triumph1 trixie trojan trojans trojans1 trombone
        trooper trooper1 trouble trouble1 trousers truck trucker trucker1 trucking trucks trueblue truelove truffles
        trumpet trumpet1 trunks trustn01 trustno1 tryagain tsunami tuczno18 tuesday tunafish tundra turbo turbo1
        turkey turkey50 turtle tweety twilight twinkle twisted twisted1 twister tyler1 tyler123 typhoon ufhvjybz
        ufkbyf uhbujhbq ultima ultimate ultraman umbrella uncencored underdog undertak undertaker undertow unicorn
        unicorn1 universa universi unreal ursitesux usa123 usarmy username usmarine usmc0311 usmc1775 usnavy
        usuckballz1 utahjazz utopia vacation vader vagabond vagina valentin valentina valera valerie1 valeriya
        valhalla valkyrie valleywa vampire vampire1 vancouve vanessa1 vanguard vanhalen vanilla vanyarespekt vaseline
        vasilisa vauxhall vaz21099 vector vectra vegas123 vegeta velvet vendetta venom121293 verbatim veritas verizon1
        vermont vermont1 veronika vertigo verygood vette vfczyz vfhbyf vfhbyfvfhbyf vfhbyjxrf vfhecz vfhnsirf
        vfhufhbnf vfitymrf vfksirf vflfufcrfh vfnbkmlf vfntvfnbrf vfpfafrf vfrcbv vfrcbvrf vfrcbvvfrcbv vfvekz
        vfvfgfgf vfvfvskfhfve vfvjxrf vfylfhby vh5150 viagra victoria1 victory victory1 viewsoni viewsonic viking
        vikings vikings1 viktor viktoria viktoriya vincent1 violator violetta viper viper1 viper123 vipergts vipers
        virgin virginie vision vitalik vivitron vjqgfhjkm vkontakte vlad1996 vlad1997 vlad7788 vladik vladimir
        vladimirovna vladislav vodafone volkodav volkswag volkswagen volley volleyba volvo voodoo vortex voyager
        voyager1 voyeur vqsablpzla vsjasnel12 vulcan vw198m2n w1w2w3w4 w8gkz2x1 wachtwoord waffenss wallace1 walleye
        walmart walnut walrus wanderer wanker wapapapa wapbbs warcraft warcraft1 warcraft3 wareagle warhamme warhammer
        warhammer40k warlock warlord warrior warrior1 warrior2 warriors warthog washingt wasser wassup watcher
        water123 waterboy waterfal waterloo watermelon waterpolo waterski wazzkaprivet wdtnjxtr weare138 weasel
        weather1 webhompas webmaste webmaster websol76 websolutions websolutionssu webster1 webuivalidat wednesda
        weezer weihnachtsbau weihnachtsbaum welcome welcome1 welcome12 welcome123 welcome2 welder welkom01 wellhung
        wellingt wenef45313 werewolf westham westham1 westside westwood wetpussy wg8e3wjf whatever whatever1 whatsup
        wheels whiplash whiskers whiskey whiskey1 whisky whisper whistler whiteboy whiteout whitesox whitey whitney1
        whocares whoknows whore whosyourdaddy whynot wibble wicked wildbill wildcard wildcat wildcat1 wildcats
        wildfire wildman wildwood william1 william2 william3 willow winchest windmill windows windows1 windsor
        windsurf wingchun wingzero winner winston winston1 winston2 winter winter01 winter11 winter12 winter99 wisdom
        wishbone wizard wolf359 wolfgang wolfie wolfman wolfpack wolverin wolverine wolves wombat wonderboy wonderfu
        woodland woodstoc woodstock woodwork woody woody1 woofwoof woohoo wookie wordpass worldcup wp2003wp wrangler
        wrest666 wrestlin wrinkle1 wrinkle5 wrinkles wutang x72jhhu3z xaccess2 xakep1234 xanadu xavier xbox360 xfiles
        xsw21qaz xsw23edc xtreme xxx123 xxxp455w0rd5 xzsawq21 yamaha yamahar1 yamahar6 yankee yankees yankees1
        yankees2 yaroslav ybrbnf ybrjkfq yeahbaby year2000 year2005 yellow yes90125 yesterda yfcntymrf yfcnz123 yfnfif
        yfnfitymrf yjdsqgfhjkm yogibear yomama yorktown yosemite youandme yourmama yourmom yousuck yqlgr667 ytngfhjkz
        ytrewq yvtte545 yxkck878 yy5rbfsc yzerman yzerman1 z1234567 z123456789 z1x2c3 z1x2c3v4 z1x2c3v4b5
        z1x2c3v4b5n6m7 zachary1 zanzibar zaphod zaq11qaz zaq123 zaq12345 zaq12wsx zaq1xsw2 zaq1xsw2cde3 zaqwsx
        zaqwsx123 zaqwsxcde zaqwsxcderfv zaqxsw zaqxswcde zcfvfzkexifz zenit2011 zenith zeppelin zerocool zhong zidane
        zidane10 ziggy zigzag zildjian zipper zippy zolushka zombie zorro zqjphsyf6ctifgu zvezda zx123456 zx123456789
        zxasqw12 zxc123 zxc12345 zxcasd zxcasdqwe zxcasdqwe123 zxcv1234 zxcvasdf zxcvb123 zxcvb12345 zxcvbn zxcvbn12
        zxcvbn123 zxcvbn123456 zxcvbnm zxcvbnm1 zxcvbnm12 zxcvbnm123 zxcvbnm123456789 zxcvvcxz zz8807zpl zzzzzzz1
        """#
}
